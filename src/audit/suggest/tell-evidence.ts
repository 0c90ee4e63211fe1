import { quote } from '../../policy/quote.ts';
import { boundPlace, renderLiteral } from './bound.ts';
import { countOf, renderMoment } from './words.ts';
import type { PlannedTool } from './plan.ts';
import type { Place } from './read-shape.ts';
import type { Counted } from './tally.ts';
import type { ToolEvidence } from './tool-evidence.ts';

const MOST_PLACES = 12;
const MOST_VALUES = 8;
const LONGEST_VALUE = 40;

/** What the log says of a tool, and what was made of it, a paragraph each. */
export function tellEvidence({ evidence, action, limits, remarks }: PlannedTool): string[] {
  return [
    tellCalls(evidence),
    ...(action === 'allow' ? listPlaces(evidence).map((place) => tellPlace(place, evidence)) : []),
    ...(limits.length === 0 ? [] : [tellRate(evidence)]),
    ...remarks,
  ];
}

function tellCalls(evidence: ToolEvidence): string {
  const { ran, first, last, refusedByPerson, refusedByPolicy, limited, other } = evidence;
  const when = first === last ? renderMoment(first) : `${renderMoment(first)} to ${renderMoment(last)}`;
  const parts = [
    ran === 0 ? 'no call ran' : `${countOf(ran, 'call')} ran, ${when}, ${tellApproved(evidence)}`,
    ...(refusedByPerson === 0 ? [] : [`${refusedByPerson} refused by a person`]),
    ...(refusedByPolicy === 0 ? [] : [`${refusedByPolicy} refused by the policy`]),
    ...(limited === 0 ? [] : [`${limited} beyond a limit`]),
    ...(other === 0 ? [] : [`${other} that did not run, or ran in a dry run`]),
  ];
  return `${parts.join('; ')}.`;
}

function tellApproved({ approved, granted }: ToolEvidence): string {
  const earlier = granted === 0 ? '' : `, ${granted} by an earlier yes of theirs`;
  return `${approved === 0 ? 'none' : approved} of them approved by a person${earlier}`;
}

function listPlaces({ shapes }: ToolEvidence): Place[] {
  const places = [...shapes.values()].flatMap((shape) => shape.places);
  const unique = new Map(places.map((place) => [`${place.kind} ${place.path}`, place]));
  return [...unique.values()]
    .filter(({ kind }) => kind !== 'map' && kind !== 'untold')
    .toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
    .slice(0, MOST_PLACES);
}

function tellPlace(place: Place, evidence: ToolEvidence): string {
  const { path, kind } = place;
  const values = evidence.valuesAt(path, kind);
  const counted = kind === 'list' ? values.elements.listRepeated() : values.tally.list();
  if (counted === null) {
    return [`${path}: many values`, ...boundPlace(place, values).tests].join(', ');
  }
  const shown = counted.slice(0, MOST_VALUES).map(tellValue);
  const more = counted.length > shown.length ? ` and ${counted.length - shown.length} more` : '';
  return `${path}: ${kind === 'list' ? 'elements ' : ''}${shown.join(', ') || 'nothing in it'}${more}`;
}

function tellValue({ literal, times }: Counted): string {
  const shown = literal.kind === 'string' ? quote(literal.value, LONGEST_VALUE) : renderLiteral(literal);
  return `${shown} ${times === 1 ? 'once' : `${times} times`}`;
}

function tellRate({ limited, rate: { peaks } }: ToolEvidence): string {
  const most = `At most ${peaks.minute} in a minute and ${peaks.hour} in an hour of one session`;
  return `${most}${limited === 0 ? '' : `; a limit refused ${countOf(limited, 'call')}, so there is no room for more`}.`;
}

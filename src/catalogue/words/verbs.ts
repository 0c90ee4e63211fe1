import type { Deed } from './deeds.ts';

/**
 * Verbs by what they do. A word stands in one group; where it can be read in two ways, the stricter one is right, unless
 * nearly every server means the milder.
 */
export const VERBS: Readonly<Record<Deed, string>> = {
  reads: `
    aggregate analyse analyze are autocomplete blame browse calculate can cat check compare compute count decode
    describe detect diagnose diff discover display does echo enumerate estimate examine exists explain explore export
    extract fetch filter find forecast get glob grep has head identify inspect introspect investigate is lint list
    locate look lookup ls map measure monitor observe parse peek ping poll predict preview print profile query rank
    read recall recognize recommend research retrieve sample scan search see show stat suggest summarise summarize
    tail trace translate traverse troubleshoot validate verify view watch whoami`,
  acts: `
    advance allow authenticate authorize back begin bring choose click close collapse connect continue crawl cue do
    drag emulate enter expand fill focus forward give go goto halve handle highlight hover interact join jump load log
    login logon navigate nudge open perform place play press process reach reload request review scrape scroll seek
    select sign signin simulate skip solve step swipe take tap test think tick touch train type use wait wake walk
    zoom`,
  makes: `
    acknowledge add allocate annotate answer append attach backup book bookmark boot bootstrap build capture clone
    comment compile compose copy create define derive download draft draw duplicate embed enqueue enroll file follow
    fork generate hire import index ingest init initialise initialize insert instantiate issue label like link make
    memorize mint mount new note notify onboard pin plan produce provision queue react record register remember render
    reply report reserve respond scaffold schedule screenshot seed snapshot stage star stash store submit subscribe
    tag template track vote`,
  sends: `
    announce broadcast crosspost dial dispatch email escalate invite message page post publish reinvite retweet send
    share text tweet upload`,
  changes: `
    accept ack acquire activate adjust alter amend apply approve assign bump change checkout claim commit complete
    configure confirm consolidate convert correct customize cut decide decrypt demote deny downgrade edit enable
    encode encrypt ensure exchange extend finalize finish fix format grant hide increment install integrate lock
    manage mark merge migrate modification modify move mutate mute mv normalize optimise optimize override overwrite
    patch pause promote protect pull push put reassign rebase reclassify reconcile redeploy refactor refresh reindex
    release remediate rename reopen reorder reorganize repair replace reschedule reset resize resolve restore resume
    revise rewrite rotate save scale set shift snooze sort split swap switch sync synchronise synchronize toggle
    transform transition transpose trim tune unarchive unassign unblock undelete unhide unlock unmute unpause
    unprotect untag update upgrade upsert write`,
  stops: `
    abort block cancel deactivate disable disconnect drain eject exit freeze halt interrupt kick leave logout
    quarantine quit reboot restart shutdown signout stop suspend unload unmount`,
  removes: `
    archive ban clean cleanup clear compact dealloc decommission del delete deletion deprovision deregister destroy
    destruction detach discard dismantle dismiss drop eliminate empty erase erasure evict expire expunge flush forget
    invalidate kill nuke obliterate pop prune purge reject removal remove revert revoke rm rmdir rollback shred strip
    teardown terminate termination tombstone trash truncate unbind undeploy undo unenroll unfollow uninstall unlink
    unpin unpublish unregister unsend unset unshare unstar unsubscribe untrack unwatch vacuum void wipe zap`,
  runs: `
    call deploy eval evaluate exec execute fire invoke launch repl replay rerun retry run shell spawn ssh start sudo
    trigger`,
  pays: `
    bet bid bill buy charge debit deposit donate invest liquidate order pay payout purchase redeem refund rent sell
    settle stake tip topup trade transfer withdraw`,
};

/**
 * Nouns as often as verbs: they count as verbs at the beginning or the end of a name where no plainer verb stands in it.
 */
export const NOUNS_TOO = `
  answer archive back backup bet bid bill block book bookmark boot build buy call capture cat change charge claim
  clean cleanup clear clone close comment commit compact complete connect copy count crawl cue cut deploy deposit
  derive detach diff do draft draw drop email embed empty enter eval exchange exit export file filter fire fix focus
  follow fork format forward freeze go head hire import index install invite issue join jump kick label launch leave
  like link load lock log login measure merge message mint monitor mount move note open order override page patch
  pause payout pin ping place plan play post process profile promote protect pull purchase push queue rank reach react
  record redeem refund register release rent reply report request research reserve reset restore resume retry rollback
  run sample save scale scan schedule screenshot seed sell send set share shell shift sign snapshot solve sort split
  stage stake star start stat step stop store strip submit subscribe suspend swap switch sync tag tail take template
  test text think tick tip touch trace track trade train transfer transform transition trash trigger tune tweet type
  undo update upgrade upload use void vote wait walk watch wipe withdraw write zoom`;

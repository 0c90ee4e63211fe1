import type { Deed } from './deeds.ts';

/**
 * Verbs by what they do. A word stands in one group; where it can be read in two ways, the stricter one is right, unless
 * nearly every server means the milder.
 */
export const VERBS: Readonly<Record<Deed, string>> = {
  reads: `
    is has are can does aggregate analyze analyse autocomplete browse calculate check compare compute count decode describe detect
    diagnose diff discover display echo enumerate estimate  examine exists explain explore export extract fetch filter
    find forecast get glob grep identify inspect introspect investigate list locate lookup look ls map measure monitor observe
    parse peek ping poll predict preview print profile query rank read recall recognize recommend research retrieve
     sample scan search see select show stat suggest summarize summarise tail  trace translate traverse
    troubleshoot validate verify view watch whoami lint cat head`,
  acts: `
    advance allow authenticate authorize back begin bring crawl scrape review test  choose click close collapse connect continue cue do drag 
    emulate enter expand fill focus forward go goto give halve handle highlight hover interact join jump load log login logon
    navigate nudge open perform place play press process reach reload request scroll seek  sign signin simulate
    skip solve step swipe take tap think tick touch train type use wait walk wake zoom `,
  makes: `
    acknowledge add answer comment react reply respond vote notify allocate annotate append   attach backup bookmark boot bootstrap build capture clone compile compose
    copy create define derive download draft draw duplicate embed enqueue enroll file follow fork generate hire import
    index ingest init initialise initialize insert instantiate issue label like link make memorize mint mount new note
    onboard pin plan produce provision  queue record  register remember render report reserve
    scaffold schedule screenshot seed snapshot  stage star  stash store submit subscribe tag
    template track upload  book`,
  sends: `
     announce   broadcast   crosspost dial dispatch email escalate 
    invite message  page post publish    retweet send share text tweet `,
  changes: `
    ensure acquire ack  modification accept activate adjust alter amend apply approve assign  bump change checkout  claim commit
    complete configure confirm consolidate convert resolve correct customize cut decide demote  edit enable encode
    exchange extend finalize finish fix format grant hide  increment install integrate  lock manage mark merge
    migrate modify move mutate mute normalize optimize optimise override overwrite patch pause promote protect pull push put
    reassign rebase reclassify reconcile redeploy refactor refresh reindex release rename reopen reorder reorganize replace
    reschedule resize reset  restore resume repair remediate revise rewrite rotate save scale set  shift sort split
    snooze swap switch sync synchronise synchronize toggle  transform transition transpose trim
     tune unarchive unassign unblock undelete unhide unlock unmute unpause unprotect untag update upgrade upsert
    downgrade write  decrypt encrypt mv`,
  stops: `
    abort cancel block deactivate disable disconnect drain eject exit freeze halt interrupt kick leave logout 
    quarantine reboot restart shutdown  signout stop suspend unload unmount quit`,
  removes: `
    deletion removal erasure termination destruction  pop  archive ban clean cleanup clear compact dealloc decommission del delete deprovision deregister destroy detach discard
    dismantle dismiss drop empty erase evict expire expunge flush forget invalidate kill nuke obliterate prune purge reject
    remove revoke rm rmdir rollback revert shred strip unsend teardown terminate tombstone trash truncate unbind undeploy undo
    unenroll unfollow uninstall unlink unpin unpublish unregister unset unshare unstar unsubscribe untrack unwatch vacuum
    void wipe  zap eliminate`,
  runs: `
    call deploy eval evaluate exec execute fire invoke launch replay rerun retry run shell spawn ssh start sudo trigger repl`,
  pays: `
    bill buy charge  debit deposit donate invest liquidate order pay payout purchase redeem refund rent sell
    settle stake  trade transfer withdraw topup tip bet bid`,
};

/**
 * Nouns as often as verbs: they count as verbs at the beginning or the end of a name where no plainer verb stands in it.
 */
export const NOUNS_TOO = `
  transform transition crawl change override mock answer archive audit back backup bet bid bill block book bookmark boot branch build buy call capture cat charge  claim
  clone close comment commit compact complete connect copy count cue cut deploy deposit derive diff  do
  draft draw drop email embed empty enter exchange exit export   file filter fire fix focus follow format forward
  fork freeze go head hire import index install invite issue join jump kick label launch leave like link  load lock log
  login    measure merge message mint monitor mount move note open order page patch pause payout pin ping place
  plan play  post   process profile promote protect pull purchase push  queue rank react record
  redeem reach refund register release rent reply report request reserve reset resume retry return  rollback run sample
  save scale scan schedule screenshot   seed  send sell set share shell shift  sign snapshot sort
  split stage stake star start stat step stop store strip submit subscribe suspend swap switch sync tag tail take
  template test text tick tip touch trace track trade train transfer trash trigger tune tweet type undo update
  upgrade upload use  void vote wait walk watch wipe withdraw write zoom clean clear clone process research restore
  complete detach monitor profile cleanup rank step solve think process`;

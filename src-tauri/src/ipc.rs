//! The one list of what the window may call and hear. `ui/src/ipc/bindings.ts` is written from it.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::{Builder, Event, collect_commands, collect_events};

use crate::commands::{
    backtest, capture, connections, drill, exclusions, followups, hours, incidents, ledger, library, oncall, outbox, policies, postmortem,
    relays, services, settings, slos, trackers, watch,
};

/// Something changed: look again at what is on screen. Topics are `watch`, `incidents`, `sources`, `inbox`, `settings`, `outbox`,
/// `frame`, `alerts`, `followups`, `postmortem`, `relays`, or `profile` for everything.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Changed {
    /// What changed.
    pub topics: Vec<String>,
}

/// Go to an address of the window: a toast or the tray was clicked.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Go {
    /// Where to, as `/watch/ID`.
    pub to: String,
}

/// Others said who is in a postmortem.
#[derive(Debug, Clone, Serialize, Deserialize, Type, Event)]
pub struct Presence {
    /// Its incident.
    pub incident: String,
    /// An awareness update of the y-protocols, base64.
    pub update: String,
}

/// Commands and events.
#[expect(clippy::too_many_lines, reason = "one list, a line for each thing the window may call")]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        .commands(collect_commands![
            watch::watch_page,
            watch::sparks,
            watch::frame,
            watch::slo_detail,
            watch::slo_charts,
            watch::slo_remove,
            watch::alerts,
            services::dependencies,
            services::services,
            services::service_depend,
            services::service_undepend,
            services::service_describe,
            services::service_forget,
            watch::inbox,
            watch::mark_read,
            watch::acknowledge,
            watch::snooze,
            watch::unsnooze,
            watch::pause,
            watch::resume,
            watch::poll_now,
            watch::open_link,
            watch::painted,
            exclusions::exclusions,
            exclusions::exclude,
            exclusions::undo_exclusion,
            ledger::slo_ledger,
            ledger::attach_impact,
            ledger::declare_impact,
            backtest::backtest_run,
            backtest::backtest_typed,
            backtest::tightenings,
            backtest::adopt,
            incidents::incidents,
            incidents::incident,
            incidents::incident_end,
            incidents::declare,
            incidents::add_entry,
            incidents::set_phase,
            incidents::set_severity,
            incidents::assign_role,
            incidents::stream_open,
            incidents::stream_own,
            incidents::stream_say,
            incidents::stream_close,
            incidents::entry_mark,
            incidents::entry_correct,
            incidents::entry_strike,
            incidents::incident_time,
            incidents::incident_export,
            incidents::incident_write,
            incidents::incident_import,
            incidents::room_open,
            incidents::room_close,
            incidents::incident_reopen,
            incidents::incident_merge,
            incidents::check_item,
            incidents::role_offer,
            incidents::role_answer,
            incidents::evidence,
            incidents::checklists,
            incidents::checklists_shipped,
            incidents::checklists_save,
            capture::capture_line,
            capture::capture_clipboard,
            capture::capture_screenshot,
            capture::capture_undo,
            capture::picture_add,
            capture::picture,
            capture::entry_star,
            hours::hours,
            hours::hours_add,
            hours::hours_start,
            hours::hours_stop,
            hours::hours_share,
            hours::hours_remove,
            oncall::on_call,
            oncall::calendar_add,
            oncall::calendar_remove,
            oncall::calendars_read,
            oncall::handover,
            followups::followups,
            followups::followup,
            followups::followup_add,
            followups::followup_change,
            followups::followups_change,
            followups::followup_ship,
            followups::followup_prove,
            followups::hypothesis_preview,
            library::search,
            library::looks_like,
            outbox::outbox,
            outbox::acts_about,
            outbox::act_retry,
            outbox::act_settle,
            outbox::destinations,
            outbox::destination_add,
            outbox::destination_test,
            outbox::destination_remove,
            outbox::update_draft,
            outbox::update_post,
            trackers::trackers,
            trackers::tracker_discover,
            trackers::tracker_add,
            trackers::tracker_change,
            trackers::tracker_test,
            trackers::tracker_remove,
            trackers::tracker_people,
            trackers::tracker_person,
            trackers::tracker_believe,
            trackers::ticket,
            trackers::ticket_make,
            trackers::ticket_link,
            trackers::ticket_unlink,
            trackers::ticket_settle,
            trackers::ticket_comment,
            trackers::ticket_ways,
            trackers::ticket_way,
            connections::sources,
            connections::source_add,
            connections::source_try,
            connections::datadog_add,
            connections::datadog_try,
            connections::source_test,
            connections::source_remove,
            connections::suggestions,
            connections::accept_suggestions,
            connections::import_documents,
            connections::probe_add,
            connections::folders,
            connections::folder_watch,
            connections::folder_unwatch,
            slos::definitions,
            slos::slo_editor,
            slos::slo_check,
            slos::slo_preview,
            slos::slo_save,
            slos::slo_draft_keep,
            slos::slo_draft_drop,
            slos::slo_export,
            slos::slo_write,
            slos::look_up,
            connections::source_form,
            connections::source_update,
            settings::settings,
            settings::save_settings,
            policies::policies,
            policies::save_policy,
            policies::remove_policy,
            policies::proposal_take,
            policies::proposal_drop,
            postmortem::postmortems,
            postmortem::postmortem_templates,
            postmortem::postmortem_open,
            postmortem::postmortem_start,
            postmortem::postmortem_edit,
            postmortem::postmortem_pull,
            postmortem::postmortem_standing,
            postmortem::postmortem_block,
            postmortem::postmortem_move,
            postmortem::postmortem_reviewer,
            postmortem::postmortem_release,
            postmortem::postmortem_check,
            postmortem::postmortem_history,
            postmortem::postmortem_compare,
            postmortem::postmortem_restore,
            postmortem::postmortem_export,
            postmortem::postmortem_write,
            relays::relay_list,
            relays::relay_add,
            relays::relay_test,
            relays::relay_share,
            relays::relay_remove,
            relays::presence_set,
            relays::presence_get,
            settings::doctor,
            settings::test_notification,
            settings::told_about_tray,
            settings::quit,
            drill::start_drill,
            drill::stop_drill,
            drill::drill_score,
        ])
        .events(collect_events![Changed, Go, Presence])
        // No type of ours reads differently than it writes; one name each.
        .disable_serde_phases()
}

#[cfg(test)]
mod tests {
    use specta_typescript::{Typescript, semantic};

    const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/ipc/bindings.ts");

    /// Run with `FIREWATCH_WRITE_BINDINGS=1` to write the file anew.
    #[test]
    fn the_committed_bindings_are_current() {
        let folder = std::env::temp_dir().join(format!("firewatch-bindings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let fresh = folder.join("bindings.ts");
        let header =
            "// Generated from src-tauri/src/ipc.rs; `FIREWATCH_WRITE_BINDINGS=1 cargo test -p firewatch bindings` writes it anew.\n";
        // What cannot be known is an `Option`; a bare figure is always finite.
        let finite = semantic::Configuration::empty().enable_lossless_floats();
        super::builder().semantic_types(finite).export(Typescript::default().header(header), &fresh).unwrap();
        let text = std::fs::read_to_string(&fresh).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        if std::env::var_os("FIREWATCH_WRITE_BINDINGS").is_some() {
            std::fs::write(COMMITTED, &text).unwrap();
        }
        assert!(std::fs::read_to_string(COMMITTED).unwrap() == text, "ui/src/ipc/bindings.ts is not current; see the first line of it");
    }
}

use chrono::Utc;
use firewatch_engine::view::{AlertSource, FoldedCount, SloRow};

use super::*;

/// 2026-11-24 03:00 UTC.
const NOW: f64 = 1_795_489_200.0;

fn frame(face: &str) -> Frame {
    Frame {
        now: NOW,
        pace: 1.0,
        drill: false,
        drill_step: None,
        first_start: false,
        paused_until: None,
        away: None,
        outbox_waiting: 0,
        outbox_stuck: 0,
        unread: 0,
        face: face.to_owned(),
        proposals: Vec::new(),
        incidents: Vec::new(),
        degraded: Vec::new(),
        told_about_tray: true,
        off_shift: None,
        captured: None,
        severity_names: Vec::new(),
    }
}

fn journey(name: &str, state: &str) -> JourneyRow {
    JourneyRow {
        key: format!("production/{name}"),
        journey: name.to_owned(),
        environment: "production".to_owned(),
        state: state.to_owned(),
        slos: 3,
        time_to_exhaustion_s: (state == "burning").then_some(5820.0),
        acknowledged: false,
        snoozed_until: None,
        remaining: Some(0.5),
        alerts: FoldedCount::default(),
    }
}

fn slo(id: &str, journey: &str) -> SloRow {
    SloRow {
        id: id.to_owned(),
        name: id.to_owned(),
        title: id.to_owned(),
        journey: journey.to_owned(),
        service: "web".to_owned(),
        environment: "production".to_owned(),
        source: "prometheus".to_owned(),
        state: "burning".to_owned(),
        burn: "page".to_owned(),
        reason: None,
        objective: 0.95,
        window: "30d".to_owned(),
        remaining: None,
        next_loss: None,
        burn_rate: None,
        time_to_exhaustion_s: None,
        data_at: None,
        bad: None,
        total: None,
        allowed: None,
        history: None,
        estimated: false,
        weight: 1,
        alerts: 0,
    }
}

fn page(face: &str, journeys: Vec<JourneyRow>) -> WatchPage {
    WatchPage { frame: frame(face), journeys, slos: Vec::new(), elsewhere: FoldedCount::default(), alert_sources: Vec::new() }
}

/// The menu as one reads it; lines that do nothing in brackets.
fn read(model: &TrayModel) -> String {
    let lines = model.rows.iter().map(|row| match row {
        Row::Rule => "---".to_owned(),
        Row::Line { label, act: Some(_) } => label.clone(),
        Row::Line { label, act: None } => format!("[{label}]"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_calm_night() {
    let model = TrayModel::of(&page("calm", vec![journey("Checkout", "calm"), journey("Customer settings", "calm")]), &Utc);
    assert_eq!(
        read(&model),
        "[2 journeys, all calm]\n---\nOpen Firewatch\nDeclare incident…\n[Acknowledge]\n[Snooze for 1 h (only here)]\n---\nPause watching for 1 h\nQuit"
    );
    assert_eq!((model.face, model.attention, model.tooltip.as_str()), (Face::Calm, false, "2 journeys, all calm"));
}

#[test]
fn the_settings_story() {
    let journeys = vec![journey("Customer settings", "burning"), journey("Search", "blind"), journey("Checkout", "calm")];
    let watch =
        WatchPage { slos: vec![slo("first-load", "Customer settings"), slo("save", "Customer settings")], ..page("burning", journeys) };
    let model = TrayModel::of(&watch, &Utc);
    assert_eq!(
        read(&model),
        "[1 burning, 1 blind]\nCustomer settings · burning · gone 04:37\nSearch · blind\n---\nOpen Firewatch\nDeclare incident…\n\
         Acknowledge Customer settings\nSnooze Customer settings for 1 h (only here)\n---\nPause watching for 1 h\nQuit"
    );
    assert_eq!(model.tooltip, "1 burning, 1 blind\nCustomer settings · burning · gone 04:37\nSearch · blind");
    assert!(model.attention);
    let acts: Vec<&TrayAct> =
        model.rows.iter().filter_map(|row| if let Row::Line { act, .. } = row { act.as_ref() } else { None }).collect();
    assert_eq!(*acts[0], TrayAct::Open(Some("/watch/first-load".to_owned())));
    assert_eq!(*acts[1], TrayAct::Open(None), "nothing to show of it: the window, where it was");
    assert!(acts.contains(&&TrayAct::Acknowledge("production/Customer settings".to_owned())));
    assert!(acts.contains(&&TrayAct::Snooze("production/Customer settings".to_owned())));
}

#[test]
fn what_was_taken_is_said_and_the_next_is_offered() {
    let taken = JourneyRow { acknowledged: true, ..journey("Customer settings", "exhausted") };
    let snoozed = JourneyRow { snoozed_until: Some(NOW + 3600.0), ..journey("Search", "burning") };
    let model = TrayModel::of(&page("exhausted", vec![taken.clone(), snoozed.clone()]), &Utc);
    let text = read(&model);
    assert!(text.contains("Customer settings · exhausted · acknowledged\nSearch · burning · gone 04:37 · snoozed until 04:00"), "{text}");
    assert!(text.contains("Acknowledge Search\nSnooze Customer settings for 1 h"), "{text}");
    assert!(!model.attention);
}

#[test]
fn folded_alerts_are_counted_and_deafness_is_no_calm() {
    let alerts = FoldedCount { firing: 61, silenced: 2, inhibited: 0 };
    let text = read(&TrayModel::of(&page("burning", vec![JourneyRow { alerts, ..journey("Settings", "burning") }]), &Utc));
    assert!(text.contains("Settings · burning · gone 04:37 · 61 alerts"), "{text}");
    let fault = Some("refused".to_owned());
    let deaf = AlertSource { name: "am".to_owned(), read_at: None, fault, told: 0.0, cut_at: None };
    let model = TrayModel::of(&WatchPage { alert_sources: vec![deaf], ..page("blind", vec![journey("Settings", "calm")]) }, &Utc);
    assert_eq!((model.face, model.headline.as_str()), (Face::Blind, "Alerts cannot be seen"));
}

#[test]
fn two_environments_are_told_apart_and_many_are_counted() {
    let staging = JourneyRow { environment: "staging".to_owned(), ..journey("Checkout", "burning") };
    let mut journeys = vec![staging];
    journeys.extend((0..7).map(|i| journey(&format!("J{i}"), "burning")));
    let text = read(&TrayModel::of(&page("burning", journeys), &Utc));
    assert!(text.starts_with("[8 burning]\nCheckout (staging) · burning"), "{text}");
    assert!(text.contains("J3 (production)") && !text.contains("J4 (production)") && text.contains("\n3 more\n"), "{text}");
}

#[test]
fn paused_started_drilled_and_unable_to_see() {
    let mut watch = page("calm", vec![journey("Checkout", "calm")]);
    watch.frame.paused_until = Some(NOW + 600.0);
    watch.frame.drill = true;
    let text = read(&TrayModel::of(&watch, &Utc));
    assert!(text.starts_with("[Drill: Paused until 03:10]") && text.contains("Resume watching"), "{text}");
    let unable = page("blind", vec![journey("Checkout", "blind")]);
    assert_eq!(TrayModel::of(&unable, &Utc).headline, "1 blind");
    // A source without SLOs is as little watched as a first start.
    let mut fresh = page("blind", Vec::new());
    assert_eq!(TrayModel::of(&fresh, &Utc).headline, "Nothing is watched yet");
    fresh.frame.first_start = true;
    assert_eq!(TrayModel::of(&fresh, &Utc).headline, "Nothing is watched yet");
    assert_eq!(TrayModel::starting().face, Face::Blind);
}

#[test]
fn names_from_outside_are_disarmed_and_cut() {
    let hostile = journey(&format!("a\u{202E}\u{0}b\n{}", "x".repeat(500)), "burning");
    let model = TrayModel::of(&page("burning", vec![hostile]), &Utc);
    let Row::Line { label, .. } = &model.rows[1] else { panic!("a line") };
    assert!(label.starts_with("ab x") && label.contains('…') && label.chars().count() < 100, "{label}");
}

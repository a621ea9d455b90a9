//! Plays every case of a source over real sockets, through the real adapter, and holds what follows against what the case states.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Once};
use std::time::Duration;

use firewatch_domain::fault::{Fault, FaultKind};
use futures::StreamExt;

use crate::case::{Case, Expect};
use crate::wire::{Server, Step};

/// Cases under way at once.
const AT_ONCE: usize = 24;
/// The longest a case may take; every bound is far below it.
const PATIENCE: Duration = Duration::from_secs(25);
/// What each adapter is told to send, and must never say.
pub const SECRET: &str = "s3cr3t-t0ken";

static PANICS: AtomicUsize = AtomicUsize::new(0);
static WATCHED: Once = Once::new();

/// What an adapter made of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Seen {
    /// Figures, as text.
    Figures(String),
    /// Nothing, and why.
    Blind(Fault),
}

/// Plays all cases; `ask` asks the source at an address, `whole` is a whole answer.
pub async fn play<F, A>(source: &str, whole: Case, cases: Vec<Case>, ask: F)
where
    F: Fn(String) -> A + Clone + Send + 'static,
    A: Future<Output = Seen> + Send + 'static,
{
    count_panics();
    let names: BTreeMap<&str, usize> = cases.iter().fold(BTreeMap::new(), |mut names, case| {
        *names.entry(case.name.as_str()).or_default() += 1;
        names
    });
    let twice: Vec<_> = names.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "{source}: cases of one name: {twice:?}");
    assert!(cases.len() >= 200, "{source}: only {} cases", cases.len());
    let before = PANICS.load(Ordering::SeqCst);
    let figures = one(&whole, ask.clone()).await.unwrap_or_else(|lost| panic!("{source}: {lost}"));
    assert!(matches!(figures, Seen::Figures(_)), "{source}: a whole answer gives {figures:?}");
    let (figures, count) = (Arc::new(figures), cases.len());
    let judged = cases.into_iter().map(|case| {
        let (ask, figures) = (ask.clone(), Arc::clone(&figures));
        async move {
            let seen = one(&case, ask).await;
            seen.and_then(|seen| judge(&case, &seen, &figures)).err().map(|wrong| format!("{}: {wrong}", case.name))
        }
    });
    let wrong: Vec<String> = futures::stream::iter(judged).buffer_unordered(AT_ONCE).filter_map(|wrong| async { wrong }).collect().await;
    assert!(wrong.is_empty(), "{source}: {} of {count} cases\n  {}", wrong.len(), wrong.join("\n  "));
    assert_eq!(PANICS.load(Ordering::SeqCst), before, "{source}: something panicked on the way");
}

async fn one<F, A>(case: &Case, ask: F) -> Result<Seen, String>
where
    F: Fn(String) -> A,
    A: Future<Output = Seen> + Send + 'static,
{
    let server = Server::start(case.reply.clone()).await;
    let asked = tokio::spawn(ask(format!("http://{}", server.address)));
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(seen)) => {
            let silent = case.reply.steps.iter().all(|step| matches!(step, Step::Hang));
            if server.connections() == 0 && !silent { Err("the server was never asked".to_owned()) } else { Ok(seen) }
        }
        Ok(Err(lost)) => Err(format!("it ended in {lost}")),
        Err(_) => Err(format!("no end within {} s", PATIENCE.as_secs())),
    }
}

fn judge(case: &Case, seen: &Seen, whole: &Seen) -> Result<(), String> {
    match (case.expect, seen) {
        (Expect::Blind(kind), Seen::Blind(fault)) if fault.kind == kind => worded(fault),
        (Expect::Blind(kind), Seen::Blind(fault)) => Err(format!("{} in place of {}: {fault}", fault.kind.word(), kind.word())),
        (Expect::Blind(kind), Seen::Figures(figures)) => Err(format!("not {} but seen: {figures}", kind.word())),
        (Expect::Same, seen) if seen == whole => Ok(()),
        (Expect::Bad, Seen::Figures(figures)) if figures == "bad" => Ok(()),
        (expect, seen) => Err(format!("{seen:?} in place of {expect:?}")),
    }
}

/// A fault says where, in a sentence or two, without a secret and without anything that could draw on a terminal.
fn worded(fault: &Fault) -> Result<(), String> {
    let message = &fault.message;
    let place = message.contains("127.0.0.1") || message.contains("proxy");
    let own = matches!(fault.kind, FaultKind::NoSuchBoundary);
    let plain = !message.chars().any(char::is_control);
    let short = message.chars().count() <= 500 && message.len() > 20;
    let kept = !message.contains(SECRET);
    if (place || own) && plain && short && kept { Ok(()) } else { Err(format!("badly said: {message:?}")) }
}

fn count_panics() {
    WATCHED.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::SeqCst);
            usual(info);
        }));
    });
}

//! Which SLOs a hypothesis is about: one name, in several environments.

use firewatch_domain::hypothesis::Hypothesis;
use firewatch_domain::slo::{Slo, name_from};
use firewatch_domain::words::plain;
use firewatch_store::Tx;

use crate::EngineError;

/// Environments that go by other names within names of SLOs.
const SHORT: [(&str, &[&str]); 3] = [("production", &["prod", "prd", "live"]), ("staging", &["stage", "stg"]), ("development", &["dev"])];
/// Names that are offered instead.
const OFFERED: usize = 5;

/// An SLO in an environment.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its name without the environment.
    pub base: String,
    /// The SLO.
    pub slo: Slo,
}

/// The SLOs of a hypothesis, in the order of its environments; where it names none, every one there is, production last. `own`: the SLO
/// meant where it names none. What cannot be found is a fault at the field `hypothesis`.
pub(crate) fn places(tx: &Tx<'_>, hypothesis: &Hypothesis, own: Option<&str>) -> Result<Vec<Place>, EngineError> {
    let all = tx.slos()?;
    let wanted = if hypothesis.slo.is_empty() { own.unwrap_or_default() } else { &hypothesis.slo };
    if wanted.is_empty() {
        return Err(fault(
            "which SLO? Name it, as in settings-first-load improves 10x, or say which one the follow-up is about".to_owned(),
        ));
    }
    let alike = alike(&all, wanted);
    if alike.is_empty() {
        let known: Vec<String> = all.iter().map(base).take(OFFERED).collect();
        let known = if known.is_empty() { "there is none yet".to_owned() } else { format!("there is {}", known.join(", ")) };
        return Err(fault(format!("there is no SLO `{}`; {known}", plain(wanted, 80))));
    }
    if hypothesis.environments.is_empty() {
        let mut found = alike;
        found.sort_by(|a, b| (is_production(&a.environment), &a.environment).cmp(&(is_production(&b.environment), &b.environment)));
        found.dedup_by(|a, b| a.environment == b.environment);
        return Ok(found.into_iter().map(place).collect());
    }
    hypothesis.environments.iter().map(|environment| in_environment(&alike, wanted, environment)).collect()
}

fn in_environment(alike: &[&Slo], wanted: &str, environment: &str) -> Result<Place, EngineError> {
    let found = alike.iter().find(|slo| slo.environment.eq_ignore_ascii_case(environment)).copied().map(place);
    found.ok_or_else(|| {
        let mut known: Vec<&str> = alike.iter().map(|slo| slo.environment.as_str()).collect();
        known.dedup();
        let (wanted, environment) = (plain(wanted, 80), plain(environment, 60));
        fault(format!("there is no `{wanted}` on {environment}; it is on {}", known.join(", ")))
    })
}

/// Everything that goes by a name, whatever its environment: as its id or name, as its name without the environment, as its title.
fn alike<'a>(all: &'a [Slo], wanted: &str) -> Vec<&'a Slo> {
    let exact = all.iter().find(|slo| slo.id == wanted || slo.name == wanted);
    let bare = exact.map_or_else(|| name_from(wanted), base);
    let named: Vec<&Slo> = all.iter().filter(|slo| base(slo) == bare).collect();
    if !named.is_empty() {
        return named;
    }
    all.iter().filter(|slo| slo.title.eq_ignore_ascii_case(wanted)).collect()
}

/// Its name without the environment: `settings-first-load-staging` is `settings-first-load` on staging.
fn base(slo: &Slo) -> String {
    let environment = name_from(&slo.environment);
    let short = SHORT.iter().find(|(long, _)| *long == environment).map_or(&[][..], |(_, short)| *short);
    let names = std::iter::once(environment.as_str()).chain(short.iter().copied());
    let bare = names.filter(|name| !name.is_empty()).find_map(|name| {
        let end = slo.name.strip_suffix(name).and_then(|rest| rest.strip_suffix(['-', '.']));
        end.or_else(|| slo.name.strip_prefix(name).and_then(|rest| rest.strip_prefix(['-', '.'])))
    });
    bare.filter(|bare| !bare.is_empty()).unwrap_or(&slo.name).to_owned()
}

fn is_production(environment: &str) -> bool {
    let name = environment.to_lowercase();
    SHORT[0].0 == name || SHORT[0].1.contains(&name.as_str())
}

fn place(slo: &Slo) -> Place {
    Place { base: base(slo), slo: slo.clone() }
}

fn fault(message: String) -> EngineError {
    EngineError::Field { field: "hypothesis".to_owned(), message }
}

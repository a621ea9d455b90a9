//! What the person says about services: whose they are, and what they need.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use firewatch_domain::dependencies::{Dependencies, named_by};
use firewatch_domain::minute::Minute;
use firewatch_domain::slo::Slo;
use firewatch_domain::words;
use firewatch_store::{ServiceRecord, StoreError, Tx};

use crate::view::{NeedRow, ServiceRow};
use crate::{Engine, EngineError};

/// Longest name of a service, in characters.
const LONGEST: usize = 200;

impl Engine {
    /// Every service that an SLO names or that was described, by name.
    pub fn services(&self) -> Result<Vec<ServiceRow>, EngineError> {
        self.read(|tx| {
            let slos = self.definitions(tx)?;
            let declared: BTreeSet<(String, String)> = tx.dependencies()?.into_iter().collect();
            let defined: BTreeSet<(String, String)> =
                slos.iter().flat_map(|slo| named_by(slo).into_iter().map(|needed| (slo.service.clone(), needed))).collect();
            let described: BTreeMap<String, ServiceRecord> = tx.services()?.into_iter().map(|s| (s.name.clone(), s)).collect();
            let pairs: BTreeSet<&(String, String)> = declared.iter().chain(&defined).collect();
            let mut names: BTreeSet<&str> = slos.iter().map(|slo| slo.service.as_str()).collect();
            names.extend(pairs.iter().flat_map(|(service, needed)| [service.as_str(), needed.as_str()]));
            names.extend(described.keys().map(String::as_str));
            let row = |name: &str| ServiceRow {
                title: described.get(name).map(|s| words::plain(&s.title, 120)).unwrap_or_default(),
                third_party: described.get(name).is_some_and(|s| s.third_party),
                slos: slos.iter().filter(|slo| slo.service == name).count() as u32,
                needs: pairs
                    .iter()
                    .filter(|(service, _)| service == name)
                    .map(|pair| NeedRow { service: pair.1.clone(), declared: declared.contains(*pair), defined: defined.contains(*pair) })
                    .collect(),
                needed_by: pairs.iter().filter(|(_, needed)| needed == name).map(|(service, _)| service.clone()).collect(),
                name: name.to_owned(),
            };
            Ok(names.into_iter().map(row).collect())
        })
    }

    /// Declares that a service needs another. Circles are allowed: services do need each other.
    pub fn depend(&self, service: &str, needs: &str) -> Result<Vec<ServiceRow>, EngineError> {
        let (service, needs) = (name_of(service)?, name_of(needs)?);
        if service == needs {
            return Err(EngineError::Invalid(format!("`{service}` cannot depend on itself; name two services")));
        }
        self.write(|tx| Ok(tx.add_dependency(&service, &needs).map(|_| ())?))?;
        self.services()
    }

    /// Takes a declared dependency back.
    pub fn undepend(&self, service: &str, needs: &str) -> Result<Vec<ServiceRow>, EngineError> {
        let (service, needs) = (name_of(service)?, name_of(needs)?);
        self.write(|tx| {
            if tx.remove_dependency(&service, &needs)? {
                return Ok(());
            }
            let defined = self.definitions(tx)?.iter().any(|slo| slo.service == service && named_by(slo).contains(&needs));
            Err(if defined {
                let cure = "an SLO's definition says so (firewatch.dev/depends-on); change it there";
                EngineError::Invalid(format!("that {service} depends on {needs} was not declared here: {cure}"))
            } else {
                StoreError::Missing { what: "dependency", name: format!("{service} on {needs}") }.into()
            })
        })?;
        self.services()
    }

    /// Says what a service is called and whether somebody else runs it.
    pub fn describe_service(&self, name: &str, title: &str, third_party: bool) -> Result<Vec<ServiceRow>, EngineError> {
        let service = ServiceRecord { name: name_of(name)?, title: words::plain(title, 120), third_party };
        self.write(|tx| Ok(tx.put_service(&service)?))?;
        self.services()
    }

    /// Forgets what was said about a service. SLOs that name it stay.
    pub fn forget_service(&self, name: &str) -> Result<Vec<ServiceRow>, EngineError> {
        let name = name_of(name)?;
        self.write(|tx| {
            let known = tx.remove_service(&name)?;
            known.then_some(()).ok_or_else(|| StoreError::Missing { what: "described service", name: name.clone() }.into())
        })?;
        self.services()
    }

    /// Definitions as held in memory.
    pub(crate) fn definitions(&self, tx: &Tx<'_>) -> Result<Vec<Arc<Slo>>, EngineError> {
        let mut book = self.book();
        Ok(book.pages(tx, Minute::containing(self.now()))?.values().map(|page| Arc::clone(&page.slo)).collect())
    }

    /// Who depends on whom, by all that was said.
    pub(crate) fn graph(&self, tx: &Tx<'_>) -> Result<Dependencies, EngineError> {
        let slos = self.definitions(tx)?;
        Ok(Dependencies::new(tx.dependencies()?, slos.iter().map(Arc::as_ref)))
    }
}

fn name_of(text: &str) -> Result<String, EngineError> {
    let name = text.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.contains(',') && words::plain(name, LONGEST) == name;
    fits.then(|| name.to_owned()).ok_or_else(|| {
        let shown = words::plain(name, 60);
        EngineError::Invalid(format!("`{shown}` is no name of a service; write it as SLOs do, such as payments-gateway"))
    })
}

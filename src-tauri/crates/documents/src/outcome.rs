//! What becomes of each object of a file.

use std::collections::BTreeMap;
use std::fmt;

use firewatch_domain::alerting::Alerting;
use firewatch_domain::indicator::Indicator;
use firewatch_domain::method::{EmptySlices, Method};
use firewatch_domain::objective::Objective;
use firewatch_domain::slo::{Slo, Stage};
use firewatch_domain::window::Window;

/// What a file cannot know: where its SLOs are to be read from, and where they belong when it names no environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// Name of the source.
    pub source: String,
    /// Environment of SLOs that name none.
    pub environment: String,
}

/// An SLO that has no id yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Unique within the profile.
    pub name: String,
    /// Name for people.
    pub title: String,
    /// What it means.
    pub description: String,
    /// Journey; the service where the document names none.
    pub journey: String,
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// Name of the source it is read from.
    pub source: String,
    /// Where its events come from.
    pub indicator: Indicator,
    /// What is promised.
    pub objective: Objective,
    /// Over which window.
    pub window: Window,
    /// How events become a budget.
    pub method: Method,
    /// What a time slice without traffic counts as.
    pub empty: EmptySlices,
    /// When it alerts.
    pub alerting: Alerting,
    /// Whether it may tell anybody.
    pub stage: Stage,
    /// Weight within its journey.
    pub weight: u32,
    /// Annotations and labels, as plain text.
    pub annotations: BTreeMap<String, String>,
}

impl Draft {
    /// The SLO, once it has an id.
    pub fn into_slo(self, id: String) -> Slo {
        Slo {
            id,
            name: self.name,
            title: self.title,
            description: self.description,
            journey: self.journey,
            service: self.service,
            environment: self.environment,
            source: self.source,
            indicator: self.indicator,
            objective: self.objective,
            window: self.window,
            method: self.method,
            empty: self.empty,
            alerting: self.alerting,
            stage: self.stage,
            weight: self.weight,
            annotations: self.annotations,
        }
    }
}

/// Something to tell about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Line, from 1.
    pub line: Option<u32>,
    /// What is the matter, with the field it is about.
    pub message: String,
    /// What to do about it.
    pub cure: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}; {}", self.message, self.cure)
    }
}

/// What became of one object of a file (or of one objective, where an object holds several).
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The file, as it was named by the caller.
    pub file: String,
    /// Line where the object starts, from 1.
    pub line: Option<u32>,
    /// Its name, where one could be read.
    pub name: Option<String>,
    /// What became of it.
    pub verdict: Verdict,
}

/// Imported, warned, rejected, or understood.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// An SLO, taken as it was meant.
    Imported(Box<Draft>),
    /// An SLO, with something that should be looked at.
    Warned(Box<Draft>, Vec<Remark>),
    /// Nothing was taken, and why.
    Rejected(Vec<Remark>),
    /// An object that is no SLO: checked, and used where an SLO of the same import refers to it.
    Understood {
        /// Its kind, as written.
        kind: String,
        /// What should be looked at; mostly nothing.
        remarks: Vec<Remark>,
    },
}

/// How a verdict counts in a summary of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Taken without remark.
    Imported,
    /// Taken with remarks.
    Warned,
    /// Not taken.
    Rejected,
}

impl Verdict {
    /// How it counts.
    pub fn standing(&self) -> Standing {
        match self {
            Self::Imported(_) => Standing::Imported,
            Self::Rejected(_) => Standing::Rejected,
            Self::Understood { remarks, .. } if remarks.is_empty() => Standing::Imported,
            Self::Warned(..) | Self::Understood { .. } => Standing::Warned,
        }
    }

    /// The draft, where there is one.
    pub fn draft(&self) -> Option<&Draft> {
        match self {
            Self::Imported(draft) | Self::Warned(draft, _) => Some(draft),
            Self::Rejected(_) | Self::Understood { .. } => None,
        }
    }

    /// Everything there is to say about it.
    pub fn remarks(&self) -> &[Remark] {
        match self {
            Self::Imported(_) => &[],
            Self::Warned(_, remarks) | Self::Rejected(remarks) | Self::Understood { remarks, .. } => remarks,
        }
    }
}

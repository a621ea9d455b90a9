//! The sketch beside a row of the list: burn over the last day, hour by hour. Asked for apart from the rows, and only for
//! those on screen: with a thousand SLOs the sketches would be a third of the list and most of its arithmetic.

use firewatch_domain::minute::{DAY, HOUR, Minute, Span};
use firewatch_store::{StoreError, Tx};

use crate::page::Page;
use crate::view::Spark;
use crate::{Engine, EngineError};

/// Sketches answered at once; a screen holds fewer rows.
const MOST: usize = 200;

impl Engine {
    /// The sketches of some SLOs; one that is gone meanwhile is left out.
    pub fn sparks(&self, ids: &[String]) -> Result<Vec<Spark>, EngineError> {
        let now = Minute::containing(self.now());
        self.read(|tx| {
            let mut book = self.book();
            let pages = book.pages(tx, now)?;
            let mut sparks = Vec::new();
            for id in ids.iter().take(MOST) {
                if let Some(page) = pages.get_mut(id) {
                    sparks.push(Spark { id: id.clone(), points: points(tx, page)? });
                }
            }
            Ok(sparks)
        })
    }
}

/// Reckoned once an hour and to three decimals, since it only sketches.
fn points(tx: &Tx<'_>, page: &mut Page) -> Result<Vec<Option<f64>>, StoreError> {
    let Some(at) = page.at() else { return Ok(Vec::new()) };
    let hour = at.0.div_euclid(HOUR);
    if page.spark.0 != hour {
        let first = at.plus(-DAY);
        let steps = (0..DAY / HOUR).map(|i| {
            let tally = page.events(tx, Span::new(first.plus(i * HOUR), first.plus((i + 1) * HOUR)))?;
            Ok(tally.burn(page.slo.objective).map(|rate| (rate * 1000.0).round() / 1000.0))
        });
        let steps = steps.collect::<Result<_, StoreError>>()?;
        page.spark = (hour, steps);
    }
    Ok(page.spark.1.clone())
}

//! Checklists as the person keeps them: shipped ones at first, then their own.

use firewatch_domain::checklist::{Item, Template, shipped};
use firewatch_domain::incident::Phase;
use firewatch_domain::policy::Grade;
use firewatch_domain::words;
use firewatch_store::{StoreError, Topic, Tx};

use crate::incidents::{grade, required};
use crate::view::ChecklistRow;
use crate::{Engine, EngineError};

const KEY: &str = "checklists";
/// Items of all lists together.
const MOST: usize = 200;

impl Engine {
    /// All items of all checklists, in order.
    pub fn checklists(&self) -> Result<Vec<ChecklistRow>, EngineError> {
        self.read(|tx| Ok(Self::templates(tx)?.into_iter().map(row).collect()))
    }

    /// What is shipped, for the way back.
    pub fn shipped_checklists(&self) -> Vec<ChecklistRow> {
        shipped().into_iter().map(row).collect()
    }

    /// Keeps the checklists whole, or says what does not hold and keeps nothing. Incidents that are open keep the list they have
    /// until their severity changes.
    pub fn save_checklists(&self, rows: &[ChecklistRow]) -> Result<Vec<ChecklistRow>, EngineError> {
        if rows.len() > MOST {
            return Err(EngineError::Invalid(format!("{MOST} items are the most; nobody does more at three in the morning")));
        }
        let mut templates: Vec<Template> = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let template = self.template(row).map_err(|why| EngineError::Invalid(format!("item {}: {why}", n + 1)))?;
            if templates.iter().any(|other| other.item.id == template.item.id) {
                return Err(EngineError::Invalid(format!("item {}: two items have the id `{}`", n + 1, template.item.id)));
            }
            templates.push(template);
        }
        self.write(|tx| {
            tx.set_meta_json(KEY, &Some(&templates))?;
            tx.touch(Topic::Settings);
            Ok(())
        })?;
        self.checklists()
    }

    pub(crate) fn templates(tx: &Tx<'_>) -> Result<Vec<Template>, StoreError> {
        Ok(tx.meta_json::<Option<Vec<Template>>>(KEY)?.unwrap_or_else(shipped))
    }

    fn template(&self, row: &ChecklistRow) -> Result<Template, EngineError> {
        let text = required(&row.text, "text", 300)?;
        let phase = Phase::parse(&row.phase).filter(|phase| !matches!(phase, Phase::Cancelled | Phase::Merged));
        let phase = phase.ok_or_else(|| EngineError::Invalid(format!("`{}` is no phase of a checklist", words::plain(&row.phase, 40))))?;
        let severities = row.severities.iter().map(|s| grade(s)).collect::<Result<Vec<Grade>, _>>()?;
        if severities.is_empty() {
            return Err(EngineError::Invalid("it is for no severity; choose one or more".to_owned()));
        }
        let id = if row.id.trim().is_empty() { self.world.ids.fresh() } else { words::plain(&row.id, 80) };
        let role = words::plain(&row.role, 60).to_lowercase();
        Ok(Template { item: Item { id, text: words::plain(&text, 300), role, phase, blocking: row.blocking }, severities })
    }
}

fn row(template: Template) -> ChecklistRow {
    let Item { id, text, role, phase, blocking } = template.item;
    let severities = template.severities.iter().map(|grade| grade.word().to_owned()).collect();
    ChecklistRow { id, text, role, phase: phase.word().to_owned(), blocking, severities }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_blocks_only_where_everything_is_down() {
        let all = shipped();
        let blocking: Vec<&Template> = all.iter().filter(|t| t.item.blocking).collect();
        assert!(!blocking.is_empty() && blocking.iter().all(|t| t.severities == [Grade::Sev0]));
        let mut ids: Vec<&str> = all.iter().map(|t| t.item.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all.len(), "each id once");
    }
}

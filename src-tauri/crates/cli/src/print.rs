//! Results on standard output: JSON for scripts, CSV for spreadsheets, aligned columns for people.

mod csv;

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

/// Prints results.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Text,
}

impl Printer {
    /// A printer.
    pub fn new(json: bool, csv: bool) -> Self {
        let form = match (json, csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Text,
        };
        Self { form }
    }

    /// Prints a value as JSON, or as lines for people.
    pub fn show<T: Serialize + ?Sized>(self, value: &T, lines: impl FnOnce() -> Vec<String>) -> io::Result<()> {
        let value = serde_json::to_value(value)?;
        let rows = match &value {
            Value::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        self.show_rows(&value, lines, || rows)
    }

    /// The same where the rows of a CSV are others than the items of the JSON.
    pub fn show_rows<T: Serialize + ?Sized>(
        self,
        value: &T,
        lines: impl FnOnce() -> Vec<String>,
        rows: impl FnOnce() -> Vec<Value>,
    ) -> io::Result<()> {
        let mut out = io::stdout().lock();
        let lines = match self.form {
            Form::Json => {
                serde_json::to_writer_pretty(&mut out, &whole(serde_json::to_value(value)?))?;
                return writeln!(out);
            }
            Form::Csv => csv::lines(rows().into_iter().map(whole).collect()),
            Form::Text => lines(),
        };
        for line in lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// Prints something that happened: one JSON object a line, or one line.
    pub fn event<T: Serialize + ?Sized>(self, value: &T, line: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.form == Form::Json {
            serde_json::to_writer(&mut out, &whole(serde_json::to_value(value)?))?;
            writeln!(out)?;
        } else {
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

/// Whole figures without a decimal point: counts read as counts.
fn whole(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64().filter(|f| number.is_f64() && f.fract() == 0.0 && f.abs() < 9e15) {
            Some(f) => Value::from(f as i64),
            None => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(whole).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, value)| (key, whole(value))).collect(),
        other => other,
    }
}

/// Rows under their headings, columns aligned, the last one ragged.
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let all: Vec<Vec<String>> = std::iter::once(headings.iter().map(|h| (*h).to_owned()).collect()).chain(rows.iter().cloned()).collect();
    let width = |column: usize| all.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn columns_align() {
        let rows = vec![vec!["a".to_owned(), "bb".to_owned()], vec!["ccc".to_owned(), "d".to_owned()]];
        assert_eq!(table(&["X", "Y"], &rows), ["X    Y", "a    bb", "ccc  d"]);
    }
}

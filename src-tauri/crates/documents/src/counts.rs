//! Counts from a file: CSV with the header `time,good,total`, one row a minute.
//!
//! `time` is the start of the minute, RFC 3339 or unix seconds; a total of 0 is a minute without traffic; a minute without a
//! row was not observed. Rows may stand in any order. Reading takes memory by the stretch of time, not by the size of the
//! file, and stops at the first line that cannot be meant.

use std::io::{BufRead, Read};

use firewatch_domain::history::{History, LONGEST};
use firewatch_domain::minute::{MINUTE_S, Minute};
use firewatch_domain::words;

/// Longest line in bytes.
const LONGEST_LINE: u64 = 512;
/// Most rows: what the longest stretch can hold.
const MOST_ROWS: usize = LONGEST as usize;
const HEADER: [&str; 3] = ["time", "good", "total"];
/// Unix seconds beyond this are milliseconds, or a typing error: the year 2286.
const LATEST_S: i64 = 9_999_999_999;

/// Why a counts file cannot be read: where, what, and the cure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}; {cure}")]
pub struct CountsError {
    /// Line, from 1.
    pub line: usize,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub cure: &'static str,
}

/// One row: minute, good, total, and the line it stood on.
type Row = (i64, u64, u64, usize);

/// Reads a counts file.
pub fn read_counts(mut input: impl BufRead) -> Result<History, CountsError> {
    let mut rows: Vec<Row> = Vec::new();
    let mut text = Vec::new();
    let mut line = 0;
    let mut headed = false;
    loop {
        text.clear();
        line += 1;
        let error = |message: String, cure| CountsError { line, message, cure };
        let read = (&mut input).take(LONGEST_LINE + 1).read_until(b'\n', &mut text);
        let read = read.map_err(|why| error(format!("the file cannot be read further: {why}"), "look at the disk it is on"))?;
        if read == 0 {
            break;
        }
        if text.len() as u64 > LONGEST_LINE {
            return Err(error("it is longer than 512 bytes".to_owned(), "write one row `time,good,total` a line"));
        }
        let content = std::str::from_utf8(&text).map_err(|_| error("it is not UTF-8".to_owned(), "save the file as UTF-8"))?;
        let content = if line == 1 { content.trim_start_matches('\u{FEFF}') } else { content }.trim();
        if content.is_empty() {
            continue;
        }
        if !headed {
            check_header(content).map_err(|(message, cure)| error(message, cure))?;
            headed = true;
            continue;
        }
        if rows.len() >= MOST_ROWS {
            return Err(error("there are more rows than three years have minutes".to_owned(), "cut the file to the stretch in question"));
        }
        let (minute, good, total) = row(content).map_err(|(message, cure)| error(message, cure))?;
        rows.push((minute, good, total, line));
    }
    if !headed {
        return Err(CountsError { line: 1, message: "the file is empty".to_owned(), cure: "begin it with the header `time,good,total`" });
    }
    gathered(rows)
}

type Refusal = (String, &'static str);

fn check_header(content: &str) -> Result<(), Refusal> {
    let cells = cells(content);
    if cells.len() == 3 && cells.iter().zip(HEADER).all(|(cell, name)| cell.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let cure = if content.contains([';', '\t']) {
        "separate the columns by commas: `time,good,total`"
    } else {
        "begin the file with the line `time,good,total`"
    };
    Err((format!("`{}` is not the header", shown(content)), cure))
}

fn row(content: &str) -> Result<(i64, u64, u64), Refusal> {
    let cells = cells(content);
    let [time, good, total] = cells[..] else {
        return Err((format!("`{}` has {} columns instead of three", shown(content), cells.len()), "write `time,good,total`"));
    };
    let (minute, good, total) = (minute(time)?, count(good, "good")?, count(total, "total")?);
    if good > total {
        return Err((format!("{good} good of {total} events cannot be"), "total counts good and bad events together"));
    }
    Ok((minute, good, total))
}

fn cells(content: &str) -> Vec<&str> {
    content.split(',').map(|cell| cell.trim().trim_matches('"').trim()).collect()
}

fn minute(text: &str) -> Result<i64, Refusal> {
    let seconds = if let Ok(seconds) = text.parse::<i64>() {
        if seconds > LATEST_S {
            return Err((
                format!("the time {} lies too far ahead", shown(text)),
                "write unix seconds; milliseconds are to be divided by 1000",
            ));
        }
        if seconds < 0 {
            return Err((format!("the time {} lies before 1970", shown(text)), "write unix seconds, or RFC 3339 as 2026-11-22T04:00:00Z"));
        }
        seconds
    } else {
        let time = chrono::DateTime::parse_from_rfc3339(text).map_err(|_| {
            (format!("`{}` is not a time", shown(text)), "write RFC 3339 with its zone, as 2026-11-22T04:00:00Z, or whole unix seconds")
        })?;
        if time.timestamp_subsec_nanos() != 0 {
            return Err((format!("{} is not the start of a minute", shown(text)), "each row is the minute that starts at its time"));
        }
        time.timestamp()
    };
    if seconds % MINUTE_S != 0 {
        return Err((format!("{} is not the start of a minute", shown(text)), "each row is the minute that starts at its time"));
    }
    Ok(seconds.div_euclid(MINUTE_S))
}

fn count(text: &str, what: &str) -> Result<u64, Refusal> {
    const MOST: u64 = 1_000_000_000_000;
    let refused = |message: String| Err((message, "write a whole number from 0 to 1000000000000"));
    match text.parse::<u64>() {
        Ok(count) if count <= MOST => Ok(count),
        Ok(count) => refused(format!("{what} of {count} in a minute cannot be")),
        Err(_) if text.starts_with('-') => refused(format!("{what} is negative: {}", shown(text))),
        Err(_) => refused(format!("{what} is not a whole number: `{}`", shown(text))),
    }
}

fn gathered(mut rows: Vec<Row>) -> Result<History, CountsError> {
    rows.sort_unstable_by_key(|row| (row.0, row.3));
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(History::default()) };
    let (from, end, line) = (first.0, last.0 + 1, last.3);
    if end - from > LONGEST {
        let message = format!("this row lies {} days after that of line {}", (end - from) / (24 * 60), first.3);
        return Err(CountsError { line, message, cure: "a file may span three years; look whether a time is mistyped" });
    }
    let mut minutes = vec![None; (end - from) as usize];
    let mut before: Option<&Row> = None;
    for row in &rows {
        if let Some(twin) = before.filter(|twin| twin.0 == row.0) {
            let message = format!("the minute {} stands already on line {}", Minute(row.0).start().format("%Y-%m-%dT%H:%MZ"), twin.3);
            return Err(CountsError { line: row.3, message, cure: "keep one row a minute" });
        }
        minutes[(row.0 - from) as usize] = Some((row.1, row.2));
        before = Some(row);
    }
    Ok(History { from: Minute(from), minutes, ..History::default() })
}

fn shown(text: &str) -> String {
    words::plain(text, 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<History, CountsError> {
        read_counts(text.as_bytes())
    }

    #[test]
    fn minutes_rows_and_holes() {
        let history = read("time,good,total\n2026-11-22T04:00:00Z,9,10\n1795320060,0,0\n1795320180,5,5\n").unwrap();
        assert_eq!(history.from.start_s(), 1_795_320_000);
        assert_eq!(history.minutes, [Some((9, 10)), Some((0, 0)), None, Some((5, 5))]);
        assert_eq!(read("time,good,total\n").unwrap().minutes, []);
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        let plain = read("time,good,total\n60,1,2\n120,3,3\n").unwrap();
        for text in [
            "\u{FEFF}time,good,total\r\n60,1,2\r\n120,3,3\r\n",
            "Time, Good, Total\n\n120,3,3\n60,1,2",
            "\"time\",\"good\",\"total\"\n\"60\",\"1\",\"2\"\n\"120\",\"3\",\"3\"\n",
            "time,good,total\n1970-01-01T00:01:00Z,1,2\n1970-01-01T05:32:00+05:30,3,3\n",
        ] {
            assert_eq!(read(text).unwrap(), plain, "{text}");
        }
    }

    #[test]
    fn errors_name_the_line_and_the_cure() {
        let rows = |rows: &str| format!("time,good,total\n60,1,1\n{rows}\n");
        for (text, line, says) in [
            (String::new(), 1, "empty"),
            ("60,1,1\n".to_owned(), 1, "not the header"),
            ("time;good;total\n".to_owned(), 1, "commas"),
            ("good,total,time\n".to_owned(), 1, "not the header"),
            (rows("60,1,1"), 3, "stands already on line 2"),
            (rows("120,-1,1"), 3, "negative"),
            (rows("120,2,1"), 3, "2 good of 1"),
            (rows("121,1,1"), 3, "start of a minute"),
            (rows("2026-11-22T04:00:30Z,1,1"), 3, "start of a minute"),
            (rows("2026-11-22 04:00,1,1"), 3, "not a time"),
            (rows("1795320000000,1,1"), 3, "milliseconds"),
            (rows("120,1.5,2"), 3, "whole number"),
            (rows("120,1"), 3, "2 columns"),
            (rows("120,1,1,1"), 3, "4 columns"),
            (rows("120,,1"), 3, "whole number"),
            (rows("120,99999999999999999999,1"), 3, "whole number"),
            (rows("1795320000,1,1"), 3, "days after"),
            (rows(&"x".repeat(2000)), 3, "512 bytes"),
            (rows("120,\u{0},1"), 3, "whole number"),
        ] {
            let error = read(&text).unwrap_err();
            assert_eq!(error.line, line, "{text}: {error}");
            assert!(error.to_string().contains(says), "{text}: {error}");
        }
        assert!(read_counts(&b"time,good,total\n\xff\xfe,1,1\n"[..]).is_err());
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let endless = std::io::BufReader::new(std::io::repeat(b'7'));
        assert_eq!(read_counts(endless).unwrap_err().line, 1);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "(time,good,total\n)?[0-9a-zTZ:,.\\-\n\u{FEFF}\u{0}]{0,200}") {
            let _ = read(&text);
        }
    }
}

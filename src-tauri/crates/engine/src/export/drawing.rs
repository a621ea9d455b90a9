//! Charts as SVG, drawn from figures: nothing gets into the picture but numbers and escaped words.

use std::fmt::Write;

use chrono::DateTime;

use super::html::escaped;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 200.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 26.0;
/// Marks that are drawn.
const MOST_MARKS: usize = 40;

/// What is drawn.
pub(super) struct Chart<'a> {
    pub title: String,
    /// Unix seconds, ascending.
    pub t: &'a [f64],
    /// A ratio at each, none where it is not known.
    pub y: &'a [Option<f64>],
    /// The level to stay above.
    pub level: f64,
    /// When customers suffered, unix seconds; the end is open while they do.
    pub span: (f64, Option<f64>),
    pub marks: &'a [Mark],
}

/// Something that was done to the system.
pub(super) struct Mark {
    pub at: f64,
    pub says: String,
}

struct Frame {
    t: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn x(&self, t: f64) -> f64 {
        LEFT + (t - self.t.0) / (self.t.1 - self.t.0).max(1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, y: f64) -> f64 {
        HEIGHT - BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0).max(1e-9) * (HEIGHT - TOP - BOTTOM)
    }
}

/// The drawing; none where there is nothing to draw.
pub(super) fn drawn(chart: &Chart<'_>) -> Option<String> {
    let points: Vec<(f64, Option<f64>)> =
        chart.t.iter().copied().zip(chart.y.iter().map(|y| y.filter(|y| y.is_finite()))).filter(|(t, _)| t.is_finite()).collect();
    let known: Vec<f64> = points.iter().filter_map(|(_, y)| *y).collect();
    let lowest = known.iter().copied().reduce(f64::min)?;
    let (low, high) = (lowest.min(chart.level), known.iter().copied().fold(chart.level, f64::max));
    let room = ((high - low) * 0.06).max(1e-4);
    let frame = Frame { t: (points.first()?.0, points.last()?.0), y: (low - room, high + room) };
    let name = escaped(&format!("{}, lowest {}", chart.title, percent(lowest)));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{name}\" font-family=\"system-ui,sans-serif\" font-size=\"11\" fill=\"currentColor\"><title>{name}</title>"
    );
    let bottom = HEIGHT - BOTTOM;
    let clamp = |t: f64| frame.x(t.clamp(frame.t.0, frame.t.1));
    let (from, to) = (clamp(chart.span.0), clamp(chart.span.1.unwrap_or(frame.t.1)));
    let _ = write!(
        out,
        "<rect x=\"{from:.1}\" y=\"{TOP}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#d9432f\" fill-opacity=\"0.1\"/>",
        (to - from).max(0.0),
        bottom - TOP
    );
    for y in [frame.y.0 + room, chart.level, frame.y.1 - room] {
        let dash = if (y - chart.level).abs() < 1e-12 { " stroke-dasharray=\"4 3\"" } else { "" };
        let at = frame.y(y);
        let _ = write!(out, "<path d=\"M{LEFT} {at:.1}H{:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.35\"{dash}/>", WIDTH - RIGHT);
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", LEFT - 6.0, at + 4.0, percent(y));
    }
    for (t, anchor) in [(frame.t.0, "start"), (frame.t.1, "end")] {
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>", frame.x(t), HEIGHT - 8.0, clock(t));
    }
    let _ = write!(out, "<path d=\"{}\" fill=\"none\" stroke=\"#2f6fde\" stroke-width=\"1.5\"/>", path(&points, &frame));
    for mark in chart.marks.iter().filter(|mark| mark.at >= frame.t.0 && mark.at <= frame.t.1).take(MOST_MARKS) {
        let (x, says) = (frame.x(mark.at), escaped(&mark.says));
        let letter: String = mark.says.chars().take(1).flat_map(char::to_uppercase).collect();
        let _ = write!(
            out,
            "<g><title>{says}</title><path d=\"M{x:.1} {TOP}V{bottom:.1}\" stroke=\"#7a4fbf\" stroke-width=\"1.5\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#7a4fbf\" font-weight=\"600\">{}</text></g>",
            TOP - 6.0,
            escaped(&letter)
        );
    }
    out.push_str("</svg>");
    Some(out)
}

/// A line that stops where nothing is known.
fn path(points: &[(f64, Option<f64>)], frame: &Frame) -> String {
    let (mut out, mut down) = (String::new(), false);
    for (t, y) in points {
        if let Some(y) = y {
            let _ = write!(out, "{}{:.1} {:.1}", if down { "L" } else { "M" }, frame.x(*t), frame.y(*y));
        }
        down = y.is_some();
    }
    out
}

fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    let decimals = if value.abs() >= 99.0 && value.abs() < 100.0 { 2 } else { 1 };
    format!("{value:.decimals$} %").replace('-', "−")
}

fn clock(t: f64) -> String {
    DateTime::from_timestamp(t as i64, 0).map_or_else(String::new, |at| at.format("%Y-%m-%d %H:%M UTC").to_string())
}

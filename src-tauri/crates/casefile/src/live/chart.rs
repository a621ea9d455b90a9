//! Charts as SVG: drawn from figures, so that nothing of a document gets into the picture but numbers and escaped words.

use std::fmt::Write;

use chrono::DateTime;

use super::{ChartShown, Shown};
use crate::tree::Node;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 28.0;
/// Steps that are drawn at most.
const MOST_POINTS: usize = 2_000;
/// Marks that are drawn at most.
const MOST_MARKS: usize = 40;

/// The drawing of a live block, where it is a chart with something to draw; else nothing.
pub fn drawing(node: &Node) -> String {
    match node.text_of("data").and_then(Shown::parse) {
        Some(Shown::Budget(chart)) => chart_svg(&chart, "budget left"),
        Some(Shown::Indicator(chart)) => chart_svg(&chart, "good events"),
        _ => None,
    }
    .unwrap_or_default()
}

/// A chart as SVG; none where no figure is known. `what`: what its line shows.
pub fn chart_svg(chart: &ChartShown, what: &str) -> Option<String> {
    let points: Vec<(f64, Option<f64>)> =
        chart.t.iter().copied().zip(chart.y.iter().copied()).filter(|(t, _)| t.is_finite()).take(MOST_POINTS).collect();
    let known = || points.iter().filter_map(|(_, y)| y.filter(|y| y.is_finite()));
    let (first, last, lowest) = (points.first()?, points.last()?, known().reduce(f64::min)?);
    let highest = known().chain(chart.objective.filter(|o| o.is_finite())).chain([1.0]).fold(lowest, f64::max);
    let floor = chart.objective.filter(|o| o.is_finite()).map_or(lowest.min(0.0), |objective| lowest.min(objective));
    let frame = Frame { t: (first.0, last.0), y: if highest > floor { (floor, highest) } else { (floor - 0.5, highest + 0.5) } };
    let name = escaped(&format!("{}: {what}, lowest {}", chart.title, percent(lowest)));
    let mut out = format!(
        "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{name}\" font-family=\"system-ui,sans-serif\" font-size=\"11\" fill=\"currentColor\"><title>{name}</title>"
    );
    span(&mut out, chart, &frame);
    axes(&mut out, &frame);
    objective(&mut out, chart, &frame);
    let path = path(&points, &frame);
    let _ = write!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"#2f6fde\" stroke-width=\"2\" stroke-linejoin=\"round\"/>");
    marks(&mut out, chart, &frame);
    out.push_str("</svg>\n");
    Some(out)
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
        HEIGHT - BOTTOM - (y - self.y.0) / (self.y.1 - self.y.0).max(f64::MIN_POSITIVE) * (HEIGHT - TOP - BOTTOM)
    }
}

/// When customers suffered.
fn span(out: &mut String, chart: &ChartShown, frame: &Frame) {
    if let (Some(from), Some(to)) = (chart.from.filter(|t| t.is_finite()), chart.to.filter(|t| t.is_finite())) {
        let (from, to) = (from.clamp(frame.t.0, frame.t.1), to.clamp(frame.t.0, frame.t.1));
        let (x, width) = (frame.x(from), (frame.x(to) - frame.x(from)).max(1.0));
        let height = HEIGHT - TOP - BOTTOM;
        let _ =
            write!(out, "<rect x=\"{x:.1}\" y=\"{TOP}\" width=\"{width:.1}\" height=\"{height}\" fill=\"#d9432f\" fill-opacity=\"0.12\"/>");
    }
}

fn axes(out: &mut String, frame: &Frame) {
    for part in 0..=4 {
        let y = frame.y.0 + (frame.y.1 - frame.y.0) * f64::from(part) / 4.0;
        let at = frame.y(y);
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"currentColor\" stroke-opacity=\"0.15\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            percent(y)
        );
    }
    let long = frame.t.1 - frame.t.0 > 86_400.0;
    for part in 0..=4 {
        let t = frame.t.0 + (frame.t.1 - frame.t.0) * f64::from(part) / 4.0;
        let anchor = match part {
            0 => "start",
            4 => "end",
            _ => "middle",
        };
        let format = if long { "%-d %b %H:%M" } else { "%H:%M" };
        let text = DateTime::from_timestamp(t as i64, 0).map_or(String::new(), |at| at.format(format).to_string());
        let _ = write!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{text}</text>", frame.x(t), HEIGHT - 8.0);
    }
}

fn objective(out: &mut String, chart: &ChartShown, frame: &Frame) {
    if let Some(objective) = chart.objective.filter(|o| o.is_finite()) {
        let y = frame.y(objective);
        let _ = write!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#d9432f\" stroke-dasharray=\"5 4\"/>",
            WIDTH - RIGHT
        );
    }
}

/// A line wherever two neighbours are known; a gap stays a gap.
fn path(points: &[(f64, Option<f64>)], frame: &Frame) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (t, y) in points {
        match y.filter(|y| y.is_finite()) {
            Some(y) => {
                let _ = write!(path, "{pen}{:.1} {:.1}", frame.x(*t), frame.y(y));
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    path
}

fn marks(out: &mut String, chart: &ChartShown, frame: &Frame) {
    let inside = |at: f64| at.is_finite() && (frame.t.0..=frame.t.1).contains(&at);
    for mark in chart.marks.iter().filter(|mark| inside(mark.at)).take(MOST_MARKS) {
        let x = frame.x(mark.at);
        let letter: String = mark.text.chars().take(1).flat_map(char::to_uppercase).collect();
        let _ = write!(
            out,
            "<g><title>{}</title><line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\" stroke=\"#7a4fbf\" stroke-dasharray=\"2 3\"/>\
             <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#7a4fbf\" font-weight=\"600\">{}</text></g>",
            escaped(&mark.text),
            HEIGHT - BOTTOM,
            TOP - 5.0,
            escaped(&letter)
        );
    }
}

fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    let decimals = if value.abs() >= 99.0 && value.abs() < 100.0 { 2 } else { usize::from(value.fract().abs() > 0.05) };
    format!("{value:.decimals$} %")
}

fn escaped(text: &str) -> String {
    crate::export::escaped(&firewatch_domain::words::plain(text, 300))
}

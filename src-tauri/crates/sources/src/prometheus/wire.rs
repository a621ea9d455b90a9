//! The shapes of the Prometheus HTTP API, read without copying: labels and values are borrowed from the body.
//!
//! A value is text on the wire. What is no finite number, or cannot be counted exactly, becomes NaN here and a fault later.

use std::borrow::Cow;
use std::fmt;

use firewatch_domain::fault::{Fault, FaultKind};
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::native::Histogram;
use crate::exchange::{Setback, refused_query};

/// The frame around every answer.
#[derive(Deserialize)]
#[serde(bound(deserialize = "D: Deserialize<'de>"))]
struct Envelope<D> {
    status: String,
    data: Option<D>,
    error: Option<String>,
    warnings: Option<Vec<String>>,
    /// `VictoriaMetrics` says so when some of its storage did not answer.
    #[serde(default, rename = "isPartial")]
    partial: bool,
}

/// What an answer carries, and what the server says is missing from it.
pub(crate) struct Told<D> {
    /// The payload.
    pub data: D,
    /// The server's warning: parts are missing.
    pub warning: Option<String>,
}

/// Opens an answer.
pub(crate) fn open<'a, D: Deserialize<'a>>(place: &str, body: &'a [u8]) -> Result<Told<D>, Setback> {
    let envelope: Envelope<D> = match serde_json::from_slice(body) {
        Ok(envelope) => envelope,
        Err(error) => return Err(unreadable(place, body, &error)),
    };
    let partial = envelope.partial.then(|| "the storage answered in part only".to_owned());
    match envelope.data {
        Some(data) if envelope.status == "success" => {
            Ok(Told { data, warning: envelope.warnings.into_iter().flatten().next().or(partial) })
        }
        _ if envelope.status == "error" => Err(refused_query(place, envelope.error.as_deref().unwrap_or("it gave no reason"))),
        _ => Err(foreign(place)),
    }
}

/// A body that is JSON but not what was asked for, or no JSON to its end.
fn unreadable(place: &str, body: &[u8], error: &serde_json::Error) -> Setback {
    if let Ok(Envelope::<IgnoredAny> { status, error: Some(text), .. }) = serde_json::from_slice(body)
        && status == "error"
    {
        return refused_query(place, &text);
    }
    let message = if error.is_eof() {
        format!("The answer of {place} breaks off after {} bytes; something between cuts it.", body.len())
    } else if error.is_syntax() {
        format!("The answer of {place} is damaged JSON (line {}, column {}).", error.line(), error.column())
    } else {
        return foreign(place);
    };
    Setback::whole(Fault::new(FaultKind::NotTheApi, message))
}

fn foreign(place: &str) -> Setback {
    let message = format!("{place} answers JSON, but not that of the Prometheus API; check the address and the path.");
    Setback::whole(Fault::new(FaultKind::NotTheApi, message))
}

/// Result of a query: series with samples.
#[derive(Deserialize)]
pub(crate) struct Matrix<'a> {
    /// Series and nothing else: scalars, and the streams of a log server, are no counters.
    #[serde(rename = "resultType")]
    _kind: ResultType,
    /// The series.
    #[serde(borrow)]
    pub result: Vec<Row<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum ResultType {
    Matrix,
    Vector,
}

/// One series.
#[derive(Deserialize)]
pub(crate) struct Row<'a> {
    /// Labels, unparsed: the text is also the series' identity.
    #[serde(borrow)]
    pub metric: &'a RawValue,
    /// Samples of a range.
    #[serde(default)]
    pub values: Vec<Sample>,
    /// The sample of an instant.
    pub value: Option<Sample>,
    /// Samples of a range of a native histogram.
    #[serde(default)]
    pub histograms: Vec<Histogram>,
    /// The native histogram of an instant.
    pub histogram: Option<Histogram>,
}

/// No time in seconds is farther from 1970: milliseconds are.
const FARTHEST_S: f64 = 1e11;

/// A moment and what the counter showed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    /// Unix milliseconds.
    pub ms: i64,
    /// Value; NaN for whatever is no number.
    pub value: f64,
}

/// Unix milliseconds of a time on the wire, which is in seconds.
pub(super) fn milliseconds<E: Error>(seconds: f64) -> Result<i64, E> {
    if seconds.abs() > FARTHEST_S { Err(E::custom("this is no time in seconds")) } else { Ok((seconds * 1000.0).round() as i64) }
}

impl<'de> Deserialize<'de> for Sample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Sample;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time and a value as text")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Sample, A::Error> {
                let time: f64 = seq.next_element()?.ok_or_else(|| Error::invalid_length(0, &self))?;
                let value: Number = seq.next_element()?.ok_or_else(|| Error::invalid_length(1, &self))?;
                if seq.next_element::<IgnoredAny>()?.is_some() {
                    return Err(Error::invalid_length(3, &self));
                }
                Ok(Sample { ms: milliseconds(time)?, value: value.0 })
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

/// A number as text.
pub(super) struct Number(pub(super) f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Number;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number as text")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
                text.parse().map(Number).map_err(|_| Error::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Labels of a series, borrowed where no escape is in them.
#[derive(Debug, Default)]
pub(crate) struct Labels<'a>(pub Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Labels<'a> {
    /// Reads the text of a `metric` object.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// No label has two values.
    pub(crate) fn are_distinct(&self) -> bool {
        self.0.iter().enumerate().all(|(i, (name, _))| self.0[..i].iter().all(|(earlier, _)| earlier != name))
    }

    /// Value of a label, empty when absent.
    pub(crate) fn get(&self, label: &str) -> &str {
        self.0.iter().find(|(name, _)| name == label).map_or("", |(_, value)| value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Labels<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Labels<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("labels")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Labels<'de>, A::Error> {
                let mut labels = Vec::with_capacity(8);
                while let Some((name, value)) = map.next_entry::<Text<'de>, Text<'de>>()? {
                    labels.push((name.0, value.0));
                }
                Ok(Labels(labels))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Either)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(body: &str) -> Result<Told<Matrix<'_>>, Setback> {
        open("p.example", body.as_bytes())
    }

    #[test]
    fn reads_series_and_remembers_warnings() {
        let body = r#"{"status":"success","warnings":["store down"],"infos":["x"],"data":{"resultType":"matrix","result":[
            {"metric":{"__name__":"m","a":"q\"\u00e9"},"values":[[1435781430.781,"1"],[1435781445.781,"1e+06"],[1435781460.781,"NaN"],[1435781461,"+Inf"]]},
            {"metric":{},"histograms":[[1,{"count":"1","sum":"0.5","buckets":[[0,"0.25","0.5","1"]]}]]}]}}"#;
        let told = matrix(body).unwrap();
        assert_eq!(told.warning.as_deref(), Some("store down"));
        let row = &told.data.result[0];
        assert_eq!(row.values[0], Sample { ms: 1_435_781_430_781, value: 1.0 });
        assert_eq!(row.values[1], Sample { ms: 1_435_781_445_781, value: 1e6 });
        assert!(row.values[2].value.is_nan() && row.values[3].value.is_infinite());
        assert_eq!(told.data.result[1].histograms[0].sample, Sample { ms: 1000, value: 1.0 });
        let labels = Labels::read(row.metric.get()).unwrap();
        assert_eq!((labels.get("a"), labels.get("none")), ("q\"é", ""));
    }

    #[test]
    fn names_what_is_wrong_with_an_answer() {
        for (body, kind, words) in [
            (r#"{"status":"success","data":{"resultType":"matrix","result":[{"metr"#, FaultKind::NotTheApi, "breaks off"),
            (
                r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}}"#,
                FaultKind::NotTheApi,
                "not that of",
            ),
            (r#"{"hello":"world"}"#, FaultKind::NotTheApi, "not that of"),
            (r#"{"status":"success" x}"#, FaultKind::NotTheApi, "damaged"),
            (r#"{"status":"error","errorType":"bad_data","error":"parse error"}"#, FaultKind::QueryRefused, "parse error"),
            (r#"{"status":"error","error":"boom","data":{"result":7}}"#, FaultKind::QueryRefused, "boom"),
        ] {
            let fault = matrix(body).err().unwrap().fault;
            assert_eq!(fault.kind, kind, "{body}");
            assert!(fault.message.contains(words), "{fault}");
        }
    }
}

//! A firing alert of somebody else's alerting system, as it was told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Labels of one alert that are kept.
pub const MOST_LABELS: usize = 64;
/// Longest label name or value that is kept, in characters.
pub const LONGEST_LABEL: usize = 1024;

/// A firing alert. Texts are as they came, cut to [`LONGEST_LABEL`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// What it says about itself; its identity.
    pub labels: BTreeMap<String, String>,
    /// Its `summary`, `message` or `description`, empty where it has none.
    pub summary: String,
    /// Since when it fires, unix seconds.
    pub since_s: i64,
    /// Where it came from, such as the graph of its expression; opened only when it is an http or https address.
    pub url: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// How an alert stands, the more certain and more urgent first: where several sources tell of one alert, the smallest holds. Who
/// knows of silences is believed before who does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It fires, and nobody holds it back.
    Firing,
    /// It fires, and another alert inhibits it.
    Inhibited,
    /// It fires, and somebody silenced it.
    Silenced,
    /// It fires, told by who evaluates rules and knows nothing of silences.
    Evaluated,
}

impl Standing {
    /// As shown: whoever knows of no silence says that it fires.
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing | Self::Evaluated => "firing",
            Self::Inhibited => "inhibited",
            Self::Silenced => "silenced",
        }
    }

    /// As stored.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// From its rank.
    pub fn of_rank(rank: i64) -> Self {
        match rank {
            0 => Self::Firing,
            1 => Self::Inhibited,
            2 => Self::Silenced,
            _ => Self::Evaluated,
        }
    }
}

impl Alert {
    /// Its name.
    pub fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }

    /// The identity of its whole label set, the same whichever source tells of it: 32 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        // FNV-1a with 128 bits; 0xff is no byte of any UTF-8 text, so that pairs cannot run into each other.
        let mut hash = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128;
        let mut add = |byte: u8| hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        for (name, value) in &self.labels {
            name.bytes().chain([0xff]).chain(value.bytes()).chain([0xff]).for_each(&mut add);
        }
        format!("{hash:032x}")
    }
}

/// How many alerts there are, each label set once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// That fire and are held back by nobody.
    pub firing: u32,
    /// That somebody silenced.
    pub silenced: u32,
    /// That another alert inhibits.
    pub inhibited: u32,
}

impl Counted {
    /// One more.
    pub fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Firing | Standing::Evaluated => self.firing += 1,
            Standing::Inhibited => self.inhibited += 1,
            Standing::Silenced => self.silenced += 1,
        }
    }

    /// All of them.
    pub fn all(self) -> u32 {
        self.firing + self.silenced + self.inhibited
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(labels: &[(&str, &str)]) -> Alert {
        let labels = labels.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Alert { labels, summary: String::new(), since_s: 0, url: None, standing: Standing::Firing }
    }

    #[test]
    fn the_identity_is_the_whole_label_set() {
        let one = alert(&[("alertname", "A"), ("pod", "a-1")]);
        assert_ne!(one.fingerprint(), alert(&[("alertname", "A"), ("pod", "a-2")]).fingerprint());
        assert_ne!(alert(&[("a", "bc")]).fingerprint(), alert(&[("ab", "c")]).fingerprint());
        assert_eq!(one.fingerprint(), Alert { since_s: 9, standing: Standing::Silenced, ..one.clone() }.fingerprint());
        assert_eq!(one.fingerprint().len(), 32);
    }

    #[test]
    fn standings_keep_their_rank() {
        for standing in [Standing::Firing, Standing::Inhibited, Standing::Silenced, Standing::Evaluated] {
            assert_eq!(Standing::of_rank(standing.rank()), standing);
        }
    }
}

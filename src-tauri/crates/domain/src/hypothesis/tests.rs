use proptest::prelude::*;

use super::*;

const LATENCY: Measure = Measure::Quantile { percent: None };

fn read(text: &str) -> Hypothesis {
    Hypothesis::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn what_people_write_is_understood() {
    let p = |percent| Measure::Quantile { percent: Some(percent) };
    let two = ["staging", "production"];
    for (text, slo, environments, measure, aim) in [
        ("SLO improves 10x", "", &[][..], Measure::Errors, Aim::Factor(10.0)),
        ("settings-first-load improves 10.2× on staging then production", "settings-first-load", &two, Measure::Errors, Aim::Factor(10.2)),
        ("settings first load, staging then production, 10× faster", "settings first load", &two, LATENCY, Aim::Factor(10.0)),
        ("p95 under 500ms", "", &[], p(95.0), Aim::Threshold { limit: 0.5 }),
        ("checkout p99.9 < 1.5 s in production", "checkout", &["production"], p(99.9), Aim::Threshold { limit: 1.5 }),
        ("median of checkout improves by 3 times", "checkout", &[], p(50.0), Aim::Factor(3.0)),
        ("errors under 0.5%", "", &[], Measure::Errors, Aim::Threshold { limit: 0.005 }),
        ("checkout errors fall by 90 % on staging -> production", "checkout", &two, Measure::Errors, Aim::Factor(10.0)),
        ("checkout 2-fold better on staging, production", "checkout", &two, Measure::Errors, Aim::Factor(2.0)),
        ("First load of the settings page is 3x faster", "First load of the settings page", &[], LATENCY, Aim::Factor(3.0)),
        ("checkout improves", "checkout", &[], Measure::Errors, Aim::Factor(1.0)),
        ("checkout under 250ms", "checkout", &[], LATENCY, Aim::Threshold { limit: 0.25 }),
    ] {
        let read = read(text);
        assert_eq!((read.slo.as_str(), read.measure), (slo, measure), "{text}");
        assert_eq!(read.environments, environments, "{text}");
        match (read.aim, aim) {
            (Aim::Factor(a), Aim::Factor(b)) | (Aim::Threshold { limit: a }, Aim::Threshold { limit: b }) => {
                assert!((a - b).abs() < 1e-9, "{text}: {a}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_claims_nothing_or_two_things_is_refused_with_the_cure() {
    for (text, said) in [
        ("", "it is empty; write what gets better"),
        ("make it good", "claims nothing; write what gets better"),
        ("SLO improves 1x", "`1x` is no improvement"),
        ("SLO improves 0.5x", "`0.5x` is no improvement"),
        ("SLO improves NaNx", "is no improvement"),
        ("SLO improves 10", "write 10x for so many times better"),
        ("SLO improves 100%", "nothing improves by 100%"),
        ("errors under 100%", "of all events is no limit"),
        ("SLO improves 10x 20x", "two factors"),
        ("p95 under 500ms improves 10x", "a factor or a limit?"),
        ("p95 under 5%", "a latency is no share"),
        ("errors under 500ms", "a share of errors is no duration"),
        ("errors faster 2x", "errors or latency?"),
        ("p100 improves 2x", "there is no p100"),
        ("p95 under", "`under` what?"),
        ("p95 under fast", "`fast` is no limit"),
        ("p95 500ms", "Write p95 under 500ms"),
        ("SLO improves 2x on", "on which environment?"),
        ("SLO improves 2x on staging then staging", "staging is named twice"),
    ] {
        let refused = Hypothesis::parse(text).map(|h| h.to_string());
        assert!(refused.as_ref().is_err_and(|error| error.to_string().contains(said)), "{text}: {refused:?}");
    }
}

#[test]
fn values_read_with_three_figures() {
    assert_eq!(value_words(0.0041, Measure::Errors), "0.41 %");
    assert_eq!(value_words(0.4183, LATENCY), "418 ms");
    assert_eq!(value_words(12.0, LATENCY), "12 s");
    assert_eq!(value_words(0.0, Measure::Errors), "0 %");
}

proptest! {
    #[test]
    fn a_sentence_reads_back_as_the_same(
        named in any::<bool>(), environments in 0_usize..3, percent in proptest::option::of(1_u32..100), errors in any::<bool>(),
        factor in proptest::option::of(11_u32..5000), limit in 1_u32..900,
    ) {
        let measure = if errors { Measure::Errors } else { Measure::Quantile { percent: percent.map(f64::from) } };
        let limit = if errors { f64::from(limit) / 1000.0 } else { f64::from(limit) };
        let said = Hypothesis {
            slo: if named { "settings-first-load".to_owned() } else { String::new() },
            environments: ["staging", "production"].iter().take(environments).map(|e| (*e).to_owned()).collect(),
            measure,
            aim: factor.map_or(Aim::Threshold { limit }, |factor| Aim::Factor(f64::from(factor) / 10.0)),
            shipped: BTreeMap::new(),
        };
        let back = read(&said.to_string());
        prop_assert_eq!(back.to_string(), said.to_string());
        prop_assert_eq!((back.slo, back.environments, back.measure), (said.slo, said.environments, said.measure));
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = Hypothesis::parse(&text);
    }
}

//! A journey as one: what is left of the budgets of its SLOs, by their weights.

/// A member of a journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// How much it counts; 0 leaves it out.
    pub weight: u32,
    /// Share of its own budget that is left, negative when overdrawn; none where it cannot be known.
    pub remaining: Option<f64>,
}

/// The weighted mean of what is left, 0 to 1: `Σ weight · max(0, remaining) / Σ weight`. What one overdraws the others cannot pay for,
/// so that an overdrawn member counts as empty and not as a debt. Where one member with a weight cannot be known, nobody knows.
pub fn remaining(members: &[Member]) -> Option<f64> {
    let weights: f64 = members.iter().map(|m| f64::from(m.weight)).sum();
    let mut sum = 0.0;
    for member in members.iter().filter(|m| m.weight > 0) {
        sum += f64::from(member.weight) * member.remaining?.clamp(0.0, 1.0);
    }
    (weights > 0.0).then(|| sum / weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(members: &[(u32, Option<f64>)]) -> Option<f64> {
        remaining(&members.iter().map(|(weight, remaining)| Member { weight: *weight, remaining: *remaining }).collect::<Vec<_>>())
    }

    #[test]
    fn weights_count_and_nobody_pays_for_another() {
        assert_eq!(of(&[(1, Some(1.0)), (1, Some(0.5))]), Some(0.75));
        assert_eq!(of(&[(3, Some(1.0)), (1, Some(0.0))]), Some(0.75));
        assert_eq!(of(&[(1, Some(1.0)), (1, Some(-9.0))]), Some(0.5));
        assert_eq!(of(&[(1, Some(-0.2))]), Some(0.0));
    }

    #[test]
    fn what_cannot_be_known_is_not_made_up() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(1, None), (1, Some(1.0))]), None);
        assert_eq!(of(&[(0, None), (1, Some(1.0))]), Some(1.0));
        assert_eq!(of(&[(0, Some(1.0))]), None);
    }
}

//! What changed between two moments, block by block.

use serde::{Deserialize, Serialize};

use crate::tree::Node;

/// Products of lengths above which no longest common part is sought; then the middle is told as replaced.
const LARGEST: usize = 4_000_000;

/// A block at two moments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// It stands in both.
    Same(Node),
    /// It was written since.
    Added(Node),
    /// It was there; a place to restore it from.
    Removed(Node),
    /// It stands at the same place and reads otherwise.
    Changed {
        /// As it was.
        before: Node,
        /// As it is.
        after: Node,
    },
}

/// Every block of both moments, in the order of the later one, with what was removed where it stood.
pub fn compare(before: &[Node], after: &[Node]) -> Vec<Change> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    let same = |nodes: &[Node]| nodes.iter().cloned().map(Change::Same).collect::<Vec<_>>();
    let mut out = same(&after[..head]);
    let mut gone: Vec<Node> = Vec::new();
    let mut come: Vec<Node> = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (a, b) in common(old, new) {
        gone.extend_from_slice(&old[i..a]);
        come.extend_from_slice(&new[j..b]);
        settle(&mut gone, &mut come, &mut out);
        out.push(Change::Same(new[b].clone()));
        (i, j) = (a + 1, b + 1);
    }
    gone.extend_from_slice(&old[i..]);
    come.extend_from_slice(&new[j..]);
    settle(&mut gone, &mut come, &mut out);
    out.extend(same(&after[after.len() - tail..]));
    out
}

/// What went and what came between two blocks that stayed: pairs of a kind are changes.
fn settle(gone: &mut Vec<Node>, come: &mut Vec<Node>, out: &mut Vec<Change>) {
    let mut gone = std::mem::take(gone).into_iter().peekable();
    for after in std::mem::take(come) {
        match gone.next_if(|before| before.kind == after.kind) {
            Some(before) => out.push(Change::Changed { before, after }),
            None => out.push(Change::Added(after)),
        }
    }
    out.extend(gone.map(Change::Removed));
}

/// Places of a longest common part, ascending.
fn common(old: &[Node], new: &[Node]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() || old.len() * new.len() > LARGEST {
        return Vec::new();
    }
    let width = new.len() + 1;
    let mut longest = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = if old[i] == new[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut places) = (0, 0, Vec::new());
    while i < old.len() && j < new.len() {
        if old[i] == new[j] {
            places.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str]) -> Vec<Node> {
        lines.iter().map(|line| Node::paragraph(line)).collect()
    }

    #[test]
    fn both_moments_can_be_read_out_of_a_comparison() {
        let stories: [(&[&str], &[&str]); 6] = [
            (&[], &["a"]),
            (&["a", "b", "c"], &["a", "c"]),
            (&["a", "b", "c"], &["a", "x", "c", "d"]),
            (&["a", "b"], &["b", "a"]),
            (&["a", "a", "a"], &["a", "a"]),
            (&["x", "same", "y"], &["z", "w", "same"]),
        ];
        for (before, after) in stories {
            let (before, after) = (text(before), text(after));
            let changes = compare(&before, &after);
            let was = changes.iter().filter_map(|change| match change {
                Change::Same(node) | Change::Removed(node) | Change::Changed { before: node, .. } => Some(node.clone()),
                Change::Added(_) => None,
            });
            let is = changes.iter().filter_map(|change| match change {
                Change::Same(node) | Change::Added(node) | Change::Changed { after: node, .. } => Some(node.clone()),
                Change::Removed(_) => None,
            });
            assert_eq!(was.collect::<Vec<_>>(), before);
            assert_eq!(is.collect::<Vec<_>>(), after);
        }
    }

    #[test]
    fn a_rewritten_block_is_one_change() {
        let changes = compare(&text(&["a", "old", "z"]), &text(&["a", "new", "z"]));
        assert!(matches!(&changes[..], [Change::Same(_), Change::Changed { .. }, Change::Same(_)]));
    }
}

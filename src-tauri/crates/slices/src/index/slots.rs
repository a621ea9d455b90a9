//! Sums over whole time slices: what each of them adds is judged once and kept as cumulative sums of blocks.
//!
//! A block holds as many whole time slices as fill about a bucket. Only blocks whose minutes changed are judged again.

use crate::BUCKET;

/// Blocks kept judged slice by slice: the one that is growing, the one before, a day, three days and the window have one each.
const EDGES: usize = 5;

/// Where time slices lie: their length in minutes, and minutes after a multiple of it since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grid {
    /// Length; at least 1.
    pub minutes: i64,
    /// Offset.
    pub phase: i64,
}

/// What was observed of one time slice: two projected columns, minutes observed, minutes that are not excluded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Slot {
    /// First projected column.
    pub part: u64,
    /// Second projected column.
    pub other: u64,
    /// Observed minutes.
    pub observed: i64,
    /// Minutes that could have been observed.
    pub expected: i64,
}

impl Slot {
    pub(super) fn add(&mut self, part: u64, other: u64) {
        self.part = self.part.saturating_add(part);
        self.other = self.other.saturating_add(other);
        self.observed += 1;
    }
}

/// What time slices add up to, in whatever units they were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SlotSums {
    /// Good units.
    pub good: u64,
    /// All units.
    pub total: u64,
    /// Events.
    pub events: u64,
    /// Observed minutes.
    pub observed: u64,
}

impl SlotSums {
    fn plus(self, more: Self) -> Self {
        Self {
            good: self.good.saturating_add(more.good),
            total: self.total.saturating_add(more.total),
            events: self.events.saturating_add(more.events),
            observed: self.observed.saturating_add(more.observed),
        }
    }

    fn minus(self, less: Self) -> Self {
        Self {
            good: self.good.saturating_sub(less.good),
            total: self.total.saturating_sub(less.total),
            events: self.events.saturating_sub(less.events),
            observed: self.observed.saturating_sub(less.observed),
        }
    }
}

/// The judged time slices of one series.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    grid: Grid,
    /// The first block of `through`.
    first: i64,
    /// Sums of each block and all before it, from `first` on.
    through: Vec<SlotSums>,
    /// Blocks of `through` whose minutes changed.
    stale: Vec<i64>,
    /// Blocks slice by slice: sums before each slice and after the last.
    edges: Vec<(i64, Box<[SlotSums]>)>,
}

impl Slots {
    pub(super) fn new(grid: Grid) -> Self {
        Self { grid, first: 0, through: Vec::new(), stale: Vec::new(), edges: Vec::new() }
    }

    pub(super) fn grid(&self) -> Grid {
        self.grid
    }

    /// Notes that minutes changed.
    pub(super) fn touch(&mut self, from: i64, to: i64) {
        for block in self.block_of(from)..=self.block_of(to - 1) {
            self.edges.retain(|(b, _)| *b != block);
            let kept = self.first <= block && block < self.first + self.through.len() as i64;
            if kept && !self.stale.contains(&block) {
                self.stale.push(block);
            }
        }
    }

    /// Sums over `[from, to)`; nothing was observed before `born`. `judged` gives what each time slice of a block adds.
    pub(super) fn sums(&mut self, born: i64, from: i64, to: i64, mut judged: impl FnMut(i64, i64) -> Vec<SlotSums>) -> SlotSums {
        let born = self.block_start(self.block_of(born));
        let (from, to) = (from.max(born), to.max(born));
        self.cover(self.block_of(from), self.block_of(to), &mut judged);
        self.before(to, &mut judged).minus(self.before(from, &mut judged))
    }

    /// Has the blocks from `first` up to `end`, all of them as they are now.
    fn cover(&mut self, first: i64, end: i64, judged: &mut impl FnMut(i64, i64) -> Vec<SlotSums>) {
        if self.through.is_empty() {
            self.first = first;
        }
        let (had, had_to) = (self.first, self.first + self.through.len() as i64);
        if first >= had && end <= had_to && self.stale.is_empty() {
            return;
        }
        let own = |at: i64, through: &[SlotSums]| {
            let i = (at - had) as usize;
            if i == 0 { through[0] } else { through[i].minus(through[i - 1]) }
        };
        let (from, to) = (first.min(had), end.max(had_to));
        let mut sum = SlotSums::default();
        let mut through = Vec::with_capacity((to - from) as usize);
        for block in from..to {
            let known = had <= block && block < had_to && !self.stale.contains(&block);
            let own = if known { own(block, &self.through) } else { self.judge_block(block, judged) };
            sum = sum.plus(own);
            through.push(sum);
        }
        (self.first, self.through) = (from, through);
        self.stale.clear();
    }

    fn judge_block(&self, block: i64, judged: &mut impl FnMut(i64, i64) -> Vec<SlotSums>) -> SlotSums {
        judged(self.block_start(block), self.block_start(block + 1)).into_iter().fold(SlotSums::default(), SlotSums::plus)
    }

    fn before(&mut self, minute: i64, judged: &mut impl FnMut(i64, i64) -> Vec<SlotSums>) -> SlotSums {
        let block = self.block_of(minute);
        let index = (block - self.first) as usize;
        let before = index.checked_sub(1).map_or(SlotSums::default(), |last| self.through[last]);
        let inside = ((minute - self.block_start(block)) / self.grid.minutes) as usize;
        if inside == 0 { before } else { before.plus(self.edge(block, inside, judged)) }
    }

    fn edge(&mut self, block: i64, inside: usize, judged: &mut impl FnMut(i64, i64) -> Vec<SlotSums>) -> SlotSums {
        if let Some((_, edge)) = self.edges.iter().find(|(b, _)| *b == block) {
            return edge[inside];
        }
        let mut sums = vec![SlotSums::default()];
        let mut sum = SlotSums::default();
        for slot in judged(self.block_start(block), self.block_start(block + 1)) {
            sum = sum.plus(slot);
            sums.push(sum);
        }
        if self.edges.len() >= EDGES {
            self.edges.remove(0);
        }
        self.edges.push((block, sums.into_boxed_slice()));
        self.edges[self.edges.len() - 1].1[inside]
    }

    fn block_minutes(&self) -> i64 {
        self.grid.minutes * ((BUCKET + self.grid.minutes - 1) / self.grid.minutes)
    }

    fn block_of(&self, minute: i64) -> i64 {
        (minute - self.grid.phase).div_euclid(self.block_minutes())
    }

    fn block_start(&self, block: i64) -> i64 {
        block * self.block_minutes() + self.grid.phase
    }
}

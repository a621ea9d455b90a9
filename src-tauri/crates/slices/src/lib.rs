//! Compact minute series and sums over any window of them. Pure: no I/O, no clock; the performance core.
//!
//! A series is cut into buckets of six hours, aligned to UTC. A full bucket is a [`chunk`] of compressed columns with its
//! sums beside it, the youngest buckets stay as single slices. An [`index`] holds the sums of all buckets cumulatively, so
//! that a window is two differences and two decoded edges, however long it is.

pub mod chunk;
pub mod columns;
pub mod index;
pub mod varint;

/// Minutes of a bucket.
pub const BUCKET: i64 = 360;

/// The bucket that holds a minute.
pub fn bucket_of(minute: i64) -> i64 {
    minute.div_euclid(BUCKET)
}

/// First minute of a bucket.
pub fn bucket_start(bucket: i64) -> i64 {
    bucket * BUCKET
}

//! One document on several machines: begun apart, edited apart, passed on in any order, and the same everywhere in the end.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod begin;
mod convergence;
mod joining;
mod replica;

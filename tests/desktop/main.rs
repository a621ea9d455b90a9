//! What can only be seen in the real window: a desktop of its own for each test, one test at a time.
#![cfg(test)]

mod desk;
mod window_axe;
mod window_drill;
mod window_editor;
mod window_first_slo;
mod window_followups;
mod window_hostile;
mod window_postmortem;
mod window_proof;
mod window_story;
mod window_surroundings;
mod window_together;
mod window_truth;

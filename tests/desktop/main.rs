//! What can only be seen in the real window: a desktop of its own for each test, one test at a time.

#[cfg(test)]
mod desk;
#[cfg(test)]
mod window_axe;
#[cfg(test)]
mod window_drill;
#[cfg(test)]
mod window_editor;
#[cfg(test)]
mod window_first_slo;
#[cfg(test)]
mod window_followups;
#[cfg(test)]
mod window_hostile;
#[cfg(test)]
mod window_postmortem;
#[cfg(test)]
mod window_proof;
#[cfg(test)]
mod window_story;
#[cfg(test)]
mod window_surroundings;
#[cfg(test)]
mod window_together;
#[cfg(test)]
mod window_truth;

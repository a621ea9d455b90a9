//! Flows: what a person does, from end to end, with real parts around the engine and without a window. One program, so that it is linked
//! once.

#[cfg(test)]
mod alone;
#[cfg(test)]
mod counts_file;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod flow_alerts;
#[cfg(test)]
mod flow_blind;
#[cfg(test)]
mod flow_certificates;
#[cfg(test)]
mod flow_command;
#[cfg(test)]
mod flow_counts;
#[cfg(test)]
mod flow_crash;
#[cfg(test)]
mod flow_desk;
#[cfg(test)]
mod flow_editor;
#[cfg(test)]
mod flow_folder;
#[cfg(test)]
mod flow_followups;
#[cfg(test)]
mod flow_full_disk;
#[cfg(test)]
mod flow_jira;
#[cfg(test)]
mod flow_jira_both_ways;
#[cfg(test)]
mod flow_jira_judges;
#[cfg(test)]
mod flow_jira_once;
#[cfg(test)]
mod flow_kills;
#[cfg(test)]
mod flow_live;
#[cfg(test)]
mod flow_merge;
#[cfg(test)]
mod flow_outbox;
#[cfg(test)]
mod flow_policies;
#[cfg(test)]
mod flow_postmortem;
#[cfg(test)]
mod flow_postmortem_kill;
#[cfg(test)]
mod flow_promql;
#[cfg(test)]
mod flow_proof;
#[cfg(test)]
mod flow_relays;
#[cfg(test)]
mod flow_relays_folder;
#[cfg(test)]
mod flow_relays_hostile;
#[cfg(test)]
mod flow_search;
#[cfg(test)]
mod flow_sleep;
#[cfg(test)]
mod flow_surroundings;
#[cfg(test)]
mod flow_tighten;
#[cfg(test)]
mod flow_truth;
#[cfg(test)]
mod flow_turns;
#[cfg(test)]
mod flow_workbook;
#[cfg(test)]
mod jira_stage;
#[cfg(test)]
mod paper;
#[cfg(test)]
mod relay_stage;
#[cfg(test)]
mod server;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod story;
#[cfg(test)]
mod typist;
#[cfg(test)]
mod wanted;

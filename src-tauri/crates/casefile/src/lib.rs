//! The shared document of an incident: a Yjs document that holds its postmortem, templates, blocks, merge and export. No network.

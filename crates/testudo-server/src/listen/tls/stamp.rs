//! Whether files have changed.

use std::{fs, path::Path, time::SystemTime};

/// What tells a file from what it was: when it was written, and how long it is. Nothing for one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stamp([Option<(SystemTime, u64)>; 2]);

impl Stamp {
    /// Links are followed: an orchestrator replaces a folder of them at once.
    pub(super) fn of(files: [&Path; 2]) -> Self {
        Self(files.map(|file| {
            let metadata = fs::metadata(file).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        }))
    }
}

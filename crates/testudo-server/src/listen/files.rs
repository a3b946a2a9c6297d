//! Open files: every connection is one, and the system allows only so many.

use super::limits::Limits;

/// Files of the service itself: its sockets and its log, what it reads again, and the connections of operators.
const OWN: usize = 160;

impl Limits {
    /// The same, with no more connections than there may be files: beyond, nobody could be accepted, and no probe
    /// answered. `others` is what else the service may open.
    pub(crate) fn within(self, files: Option<usize>, others: usize) -> Self {
        let Some(files) = files else { return self };
        let room = fitting(self.max_connections, files, OWN.saturating_add(others), self.reserve);
        if room < self.max_connections {
            tracing::warn!(
                limit = files,
                max_connections = room,
                "`server.max_connections` is more than there may be files: raise the limit of open files (`ulimit -n`, \
                 `LimitNOFILE`), or lower it"
            );
        }
        Self { max_connections: room, ..self }
    }
}

/// As many connections as are wanted, or as fit beside the reserve and what else is open; at least one. With very few
/// files, half of them are for connections.
fn fitting(wanted: usize, files: usize, others: usize, reserve: usize) -> usize {
    let room = files.saturating_sub(others).max(files / 2);
    wanted.min(room.saturating_sub(reserve).max(1))
}

/// Allows as many open files as the system lets this process have, and says how many that is. The limit that a shell
/// or a supervisor gives is low for the sake of programs that use `select` (systemd.exec(5), `LimitNOFILE`); nothing
/// here does.
#[cfg(unix)]
pub(crate) fn raise_files() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current != maximum {
        // Refused where the system has another limit besides: then it stays as it was.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    }
    let limit = getrlimit(Resource::Nofile).current?;
    Some(usize::try_from(limit).unwrap_or(usize::MAX))
}

#[cfg(not(unix))]
pub(crate) fn raise_files() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_fit_into_the_files_there_may_be() {
        for (name, wanted, files, expected) in [
            ("plenty", 10_000, 1_048_576, 10_000),
            ("no limit", 10_000, usize::MAX, 10_000),
            ("a shell's", 10_000, 1_024, 1_024 - 170 - 16),
            ("just enough", 838, 1_024, 838),
            ("few", 10_000, 64, 32 - 16),
            ("next to none", 10_000, 3, 1),
            ("fewer wanted", 4, 64, 4),
        ] {
            assert_eq!(fitting(wanted, files, 170, 16), expected, "{name}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_limit_is_what_the_system_lets_it_be() {
        let limit = raise_files();
        assert!(limit.is_none_or(|limit| limit >= 64), "{limit:?}");
        assert_eq!(raise_files(), limit, "it is raised once");
    }
}

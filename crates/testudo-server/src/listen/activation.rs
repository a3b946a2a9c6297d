//! Sockets that a supervisor has bound already: `LISTEN_FDS` of systemd (`sd_listen_fds(3)`).

use std::env;

use listenfd::ListenFd;
use tokio::net::TcpListener;

use super::Listener;
use crate::error::StartError;

/// The sockets handed over to this process, each until it is taken. The supervisor keeps them, so a restart loses no
/// connection: what nobody has accepted waits for the next process.
pub(crate) struct Activated {
    sockets: ListenFd,
    places: Places,
}

/// Which of the sockets is whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Places {
    public: Option<usize>,
    admin: Option<usize>,
}

impl Activated {
    /// Takes what `LISTEN_FDS`, `LISTEN_PID` and `LISTEN_FDNAMES` say. The names are `public` and `admin`; without
    /// names the first socket is the public one. Call it once, before there are threads: it removes the variables, so
    /// that no child process takes the sockets for its own. Without `LISTEN_PID` they are taken as well: a process that hands
    /// over to a child does not know its number.
    ///
    /// # Errors
    ///
    /// A name that is neither, a name twice, and more sockets than listeners: exit code 2.
    pub(crate) fn from_env() -> Result<Self, StartError> {
        let names = env::var("LISTEN_FDNAMES").ok();
        let sockets = ListenFd::from_env();
        let places = places(sockets.len(), names.as_deref()).map_err(StartError::surroundings)?;
        Ok(Self { sockets, places })
    }

    /// The public socket, if it was handed over.
    pub(crate) fn public(&mut self) -> Result<Option<Listener>, StartError> {
        self.take(self.places.public, "public")
    }

    /// The operators' socket, if it was handed over.
    pub(crate) fn admin(&mut self) -> Result<Option<Listener>, StartError> {
        self.take(self.places.admin, "admin")
    }

    fn take(&mut self, place: Option<usize>, name: &str) -> Result<Option<Listener>, StartError> {
        let Some(place) = place else { return Ok(None) };
        let unusable = |error| {
            let fix = "use `ListenStream=ADDRESS:PORT` and `Accept=no` in its socket unit";
            StartError::surroundings(format!("the {name} socket that was handed over cannot be used: {fix}"))
                .caused_by(error)
        };
        let Some(socket) = self.sockets.take_tcp_listener(place).map_err(unusable)? else { return Ok(None) };
        socket.set_nonblocking(true).map_err(unusable)?;
        let socket = TcpListener::from_std(socket).map_err(unusable)?;
        Ok(Some(Listener { socket, inherited: true, shared: false }))
    }
}

/// Which of `count` sockets is whose. What systemd names after the unit, or not at all, goes by its order.
fn places(count: usize, names: Option<&str>) -> Result<Places, String> {
    let names: Vec<&str> = names.into_iter().flat_map(|names| names.split(':')).collect();
    let has = |name: &str| names.iter().take(count).any(|other| *other == name);
    if count > 2 {
        return Err(format!("LISTEN_FDS={count}: hand over two sockets at most, `public` and `admin`"));
    }
    if !has("public") && !has("admin") {
        return Ok(Places { public: (count > 0).then_some(0), admin: (count > 1).then_some(1) });
    }
    let mut places = Places::default();
    for (index, name) in names.iter().enumerate().take(count) {
        let place = match *name {
            "public" => &mut places.public,
            "admin" => &mut places.admin,
            other => {
                return Err(format!("LISTEN_FDNAMES: {other:?} is no listener: use `public` or `admin`"));
            }
        };
        if place.replace(index).is_some() {
            return Err(format!("LISTEN_FDNAMES: {name:?} stands there twice: name each socket once"));
        }
    }
    if names.len() < count {
        return Err(format!("LISTEN_FDNAMES: {} of {count} sockets have a name: name all", names.len()));
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_go_by_their_names_and_without_them_by_their_order() {
        for (count, names, expected) in [
            (0, None, Ok((None, None))),
            (0, Some("public"), Ok((None, None))),
            (1, None, Ok((Some(0), None))),
            (1, Some(""), Ok((Some(0), None))),
            (1, Some("catalog.socket"), Ok((Some(0), None))),
            (2, None, Ok((Some(0), Some(1)))),
            (2, Some("unknown:unknown"), Ok((Some(0), Some(1)))),
            (2, Some("public:admin"), Ok((Some(0), Some(1)))),
            (2, Some("admin:public"), Ok((Some(1), Some(0)))),
            (1, Some("admin"), Ok((None, Some(0)))),
            (
                2,
                Some("public:public"),
                Err("LISTEN_FDNAMES: \"public\" stands there twice: name each socket once"),
            ),
            (
                2,
                Some("public:metrics"),
                Err("LISTEN_FDNAMES: \"metrics\" is no listener: use `public` or `admin`"),
            ),
            (2, Some("public"), Err("LISTEN_FDNAMES: 1 of 2 sockets have a name: name all")),
            (3, None, Err("LISTEN_FDS=3: hand over two sockets at most, `public` and `admin`")),
        ] {
            let got = places(count, names).map(|places| (places.public, places.admin));
            assert_eq!(got, expected.map_err(str::to_owned), "{count} {names:?}");
        }
    }

    const CHILD: &str = "TESTUDO_TEST_ACTIVATED";

    /// Not a test of its own: the process that a socket is handed over to. It answers one connection.
    #[tokio::test]
    async fn child() {
        use tokio::io::AsyncWriteExt;

        let Ok(number) = env::var(CHILD) else { return };
        let mut activated = Activated::from_env().unwrap();
        assert!(activated.admin().unwrap().is_none());
        let listener = activated.public().unwrap().unwrap();
        assert!(listener.inherited);
        let (mut stream, _) = listener.socket.accept().await.unwrap();
        stream.write_all(number.as_bytes()).await.unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn one_socket_goes_from_process_to_process_and_nobody_who_waits_is_lost() {
        use std::{
            io::Read,
            net::{TcpListener, TcpStream},
            os::fd::OwnedFd,
            process::{Command, Stdio},
        };

        let supervisor = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = supervisor.local_addr().unwrap();
        let mut waiting: Vec<_> = (0..3).map(|_| TcpStream::connect(address).unwrap()).collect();
        for (number, client) in waiting.iter_mut().enumerate() {
            // Descriptor 0 is the one that can be handed over without unsafe code.
            let socket = OwnedFd::from(supervisor.try_clone().unwrap());
            let mut child = Command::new(env::current_exe().unwrap());
            child.args(["--exact", "listen::activation::tests::child"]).stdin(socket).stdout(Stdio::null());
            child.envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0"), ("LISTEN_FDNAMES", "public")]);
            let status = child.env(CHILD, number.to_string()).env_remove("LISTEN_PID").status().unwrap();
            assert!(status.success(), "{number}");
            let mut answer = String::new();
            client.read_to_string(&mut answer).unwrap();
            assert_eq!(answer, number.to_string());
        }
    }
}

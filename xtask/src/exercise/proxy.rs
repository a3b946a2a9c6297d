//! Proxies in front of a service, as processes: what fails behind them fails for the client, too.

use std::{
    fs,
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};

use super::server::{free_port, until};
use crate::needs::{self, Need};

/// A program that stands in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Kind {
    Haproxy,
    Nginx,
}

impl Kind {
    pub(super) const ALL: [Self; 2] = [Self::Haproxy, Self::Nginx];

    pub(super) fn need(self) -> Need {
        match self {
            Self::Haproxy => needs::HAPROXY,
            Self::Nginx => needs::NGINX,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::Nginx => "nginx",
        }
    }
}

/// A proxy that serves. It is ended when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Proxy {
    /// Stands in front of `backend`.
    pub(super) fn start(kind: Kind, backend: SocketAddr, folder: &Path) -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        let file = folder.join(format!("{}.conf", kind.name()));
        let mut command = Command::new(kind.name());
        match kind {
            Kind::Haproxy => {
                fs::write(&file, haproxy(address, backend))?;
                command.args(["-db", "-f"]).arg(&file);
            }
            Kind::Nginx => {
                fs::write(&file, nginx(address, backend, folder))?;
                command.args(["-e", "stderr", "-p"]).arg(folder).arg("-c").arg(&file);
            }
        }
        let errors = fs::File::create(folder.join(format!("{}.log", kind.name())))?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(errors).spawn();
        let proxy = Self { child: child.with_context(|| format!("cannot start {}", kind.name()))?, address };
        until("the proxy listens", Duration::from_secs(10), || Ok(TcpStream::connect(address).is_ok()))?;
        Ok(proxy)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No second try, on no other server, and connections that are kept: the proxy covers up nothing.
fn haproxy(address: SocketAddr, backend: SocketAddr) -> String {
    format!(
        "global\n  maxconn 4000\ndefaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  \
         timeout server 60s\n  timeout tunnel 60s\n  retries 0\n  no option redispatch\n  http-reuse safe\n\
         frontend public\n  bind {address}\n  default_backend service\nbackend service\n  server one {backend}\n"
    )
}

fn nginx(address: SocketAddr, backend: SocketAddr, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr warn;\n\
         events {{ worker_connections 4000; }}\nhttp {{\n  access_log off;\n  \
         client_body_temp_path {folder}/body;\n  proxy_temp_path {folder}/proxy;\n  \
         fastcgi_temp_path {folder}/fastcgi;\n  uwsgi_temp_path {folder}/uwsgi;\n  scgi_temp_path {folder}/scgi;\n  \
         keepalive_requests 1000000;\n  \
         map $http_upgrade $connection_value {{ default upgrade; '' ''; }}\n  \
         upstream service {{ server {backend} max_fails=0; keepalive 32; }}\n  \
         server {{\n    listen {address};\n    location / {{\n      proxy_pass http://service;\n      \
         proxy_http_version 1.1;\n      proxy_set_header Host localhost;\n      \
         proxy_set_header Upgrade $http_upgrade;\n      proxy_set_header Connection $connection_value;\n      \
         proxy_next_upstream off;\n    }}\n  }}\n}}\n"
    )
}

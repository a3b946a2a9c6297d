//! The one line of a request.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use axum::http::{Method, StatusCode, Version};
use testudo_core::ReportedShield;
use tracing::Level;

use super::{
    ids::Ids,
    log::{Form, Line, Logger},
};

/// Longest `User-Agent` that is written in full, in bytes.
pub(super) const USER_AGENT_MAX_BYTES: usize = 512;

/// A name of the JSON line with what is around it. Most of a line is the same in every line, and is copied at once.
macro_rules! key {
    ($name:literal) => {
        concat!(",\"", $name, "\":")
    };
}

/// What is known of a request once it is over.
///
/// The names in the log are those of the OpenTelemetry semantic conventions for HTTP, 1.23 and later.
#[derive(Debug)]
pub(crate) struct AccessRecord<'a> {
    /// What the request is called.
    pub(crate) ids: &'a Ids,
    /// Its method, also one that nobody knows.
    pub(crate) method: &'a Method,
    /// The template of the route that took it, `None` if none did.
    pub(crate) route: Option<&'a str>,
    /// Its path. Never the query: tokens and personal data are in there.
    pub(crate) path: &'a str,
    /// What was answered, `None` if the client went away before.
    pub(crate) status: Option<StatusCode>,
    /// When it was over.
    pub(crate) ended: Instant,
    /// From the end of the request's header to the end of the response, or to when it was given up.
    pub(crate) duration: Duration,
    /// Bytes of content that were read.
    pub(crate) request_bytes: u64,
    /// Bytes of content that were sent.
    pub(crate) response_bytes: u64,
    /// The version of HTTP it came in.
    pub(crate) version: Version,
    /// The client, as trusted proxies say.
    pub(crate) client: Option<IpAddr>,
    /// The host that it asks.
    pub(crate) host: Option<&'a str>,
    /// What the client calls itself; at most 512 bytes of it are written.
    pub(crate) user_agent: Option<&'a [u8]>,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// The shields that ran, in order.
    pub(crate) shields: &'a [ReportedShield],
    /// The kind of error behind a status of 500 and above; of others it is not written.
    pub(crate) error: Option<&'a str>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The response was sent to its end.
    Complete,
    /// The client went away.
    Aborted,
    /// It took longer than it may.
    Timeout,
}

impl Outcome {
    /// The word in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Aborted => "aborted",
            Self::Timeout => "timeout",
        }
    }
}

impl AccessRecord<'_> {
    /// Writes the line, if lines as important as this one are written.
    pub(super) fn write(&self, logger: &Logger) {
        let level = if self.is_server_error() { Level::WARN } else { Level::INFO };
        if !logger.allows(level) {
            return;
        }
        logger.write(Some(self.ended), |out, form, now| {
            let mut line = Line::begin(out, form, now, level, "testudo::access");
            match form {
                Form::Json => self.fields(&mut line),
                Form::Text | Form::Coloured => self.summary(&mut line),
            }
            line.end();
        });
    }

    fn is_server_error(&self) -> bool {
        self.status.is_some_and(|status| status.is_server_error())
    }

    /// For machines: everything, by name.
    fn fields(&self, line: &mut Line<'_>) {
        line.piece(r#","message":"request""#);
        line.ids(self.ids);
        line.piece(key!("http.request.method"));
        // A token (RFC 9110, section 5.6.2).
        line.word(self.method.as_str());
        if let Some(route) = self.route {
            line.piece(key!("http.route"));
            line.text(route);
        }
        line.piece(key!("url.path"));
        line.text(self.path);
        if self.status.is_some() {
            line.piece(key!("http.response.status_code"));
            line.status(self.status);
        }
        line.piece(key!("duration_ms"));
        line.thousandths(self.duration.as_micros());
        line.piece(key!("http.request.body.size"));
        line.integer(self.request_bytes);
        line.piece(key!("http.response.body.size"));
        line.integer(self.response_bytes);
        line.piece(key!("network.protocol.version"));
        line.word(version(self.version));
        self.peer(line);
        line.piece(key!("outcome"));
        line.word(self.outcome.as_str());
        self.shields(line);
        if let Some(error) = self.error_class() {
            line.piece(key!("error"));
            line.text(error);
        }
    }

    fn peer(&self, line: &mut Line<'_>) {
        if let Some(client) = self.client {
            line.piece(key!("client.address"));
            line.address(client);
        }
        if let Some(host) = self.host {
            line.piece(key!("server.address"));
            line.text(host);
        }
        if let Some(agent) = self.user_agent {
            line.piece(key!("user_agent.original"));
            line.bytes(agent, USER_AGENT_MAX_BYTES);
        }
    }

    fn shields(&self, line: &mut Line<'_>) {
        line.piece(concat!(key!("shields"), "["));
        for (place, shield) in self.shields.iter().enumerate() {
            line.piece(if place == 0 { r#"{"name":"# } else { r#",{"name":"# });
            line.text(&shield.name);
            line.piece(key!("outcome"));
            line.word(shield.outcome.as_str());
            line.piece(key!("duration_us"));
            line.thousandths(shield.duration.as_nanos());
            line.piece("}");
        }
        line.piece("]");
    }

    /// For people: what they look for, in one glance.
    fn summary(&self, line: &mut Line<'_>) {
        line.piece(" ");
        line.bare(self.method.as_str());
        line.piece(" ");
        line.bare(self.path);
        line.piece(" ");
        line.status(self.status);
        line.piece(" ");
        line.thousandths(self.duration.as_micros());
        line.piece("ms");
        if self.outcome != Outcome::Complete {
            line.key("outcome");
            line.piece(self.outcome.as_str());
        }
        if let Some(error) = self.error_class() {
            line.key("error");
            line.text(error);
        }
        for (place, shield) in self.shields.iter().enumerate() {
            line.piece(if place == 0 { " shields=" } else { " > " });
            line.text(&shield.name);
            line.piece(":");
            line.piece(shield.outcome.as_str());
        }
        if let Some(client) = self.client {
            line.key("client.address");
            line.address(client);
        }
        line.ids(self.ids);
    }

    pub(super) fn error_class(&self) -> Option<&str> {
        self.error.filter(|_| self.is_server_error())
    }
}

/// The version as the protocol registry has it (OpenTelemetry `network.protocol.version`).
pub(super) fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_09 => "0.9",
        Version::HTTP_10 => "1.0",
        Version::HTTP_11 => "1.1",
        Version::HTTP_2 => "2",
        Version::HTTP_3 => "3",
        _ => "unknown",
    }
}

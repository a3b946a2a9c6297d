//! A whole process of the fixture service, talked to over real sockets: what its clients, operators and supervisors see.

mod admin;
mod canary;
mod cardinality;
mod commands;
mod compression;
mod cors;
mod fixture;
mod forwarded;
mod headers;
mod hostile;
mod hosts;
mod ids;
mod interleaved;
mod probes;
mod prometheus;
mod reload;
mod sections;
mod stop;

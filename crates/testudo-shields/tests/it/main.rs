//! Ready-made shields as a service's configuration has them.

mod sections;

//! The store through its public face: files in a temporary folder, as the engine uses them.

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod fold;
#[cfg(test)]
mod format;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod json_schema;
#[cfg(test)]
mod lock;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod state;
#[cfg(test)]
mod workspace;

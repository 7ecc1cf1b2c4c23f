//! Accounts and the roles of the people behind them.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::language::Language;
use crate::territory::Territory;
use crate::time::Timestamp;

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Watches.
    Viewer,
    /// Keeps the catalogue: titles, folders, jobs, holds.
    Programmer,
    /// Runs the service: everything a programmer does, and grants, vouchers, legal pages, people.
    Owner,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Programmer, Self::Owner];

    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Programmer => "programmer",
            Self::Owner => "owner",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Who pays and signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The address as its owner wrote it. Never logged.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// The language of pages.
    pub language: Language,
    /// Where the person lives, as told at sign-up.
    pub territory: Option<Territory>,
    /// Age in years, where it is known.
    pub age: Option<u8>,
    /// When it was made.
    pub created: Timestamp,
    /// When a person closed it.
    pub disabled: Option<Timestamp>,
}

impl std::fmt::Debug for Account {
    /// Leaves the address out, so that it can't reach a log by accident.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

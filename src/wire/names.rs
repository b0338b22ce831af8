//! What the API calls the values of each enum.

use order::{
    GridKind, LocationState,
    api::{FailureCode, GitState, NameState, State, StepName, StepState},
};

use super::Read;
use crate::json::Json;

/// What the API calls it.
pub(crate) fn name<T: Named>(it: T) -> &'static str {
    it.name()
}

/// What has a name in the API.
pub(crate) trait Named {
    fn name(self) -> &'static str;
}

/// Reads an enum from its names.
macro_rules! by_name {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl Read for $type {
            fn read(json: &Json) -> Self {
                const ALL: &[$type] = &[$($type::$variant),+];
                ALL[json.one_of(&[$($name),+])]
            }
        }

        impl Named for $type {
            fn name(self) -> &'static str {
                match self {
                    $($type::$variant => $name),+
                }
            }
        }
    };
}

by_name!(GridKind {
    Devgrid = "devgrid",
    Main = "main",
    Test = "test",
    Qa = "qa",
    Dev = "dev",
});
by_name!(LocationState {
    Open = "open",
    Full = "full",
    Announced = "announced",
});
by_name!(State {
    Requested = "requested",
    Preflight = "preflight",
    Planned = "planned",
    Paying = "paying",
    Sent = "sent",
    Starting = "starting",
    Verifying = "verifying",
    Ready = "ready",
    Unwinding = "unwinding",
    Failed = "failed",
    Deleted = "deleted",
});
by_name!(StepName {
    Contracts = "contracts",
    Machine = "machine",
    Peertube = "peertube",
    Address = "address",
    Check = "check",
});
by_name!(StepState {
    Pending = "pending",
    Running = "running",
    Done = "done",
    Failed = "failed",
});
by_name!(FailureCode {
    NameTaken = "name_taken",
    NoRoom = "no_room",
    Operator = "operator",
    PaymentRefused = "payment_refused",
    Machine = "machine",
    Gateway = "gateway",
    NotAnswering = "not_answering",
    GridUnreachable = "grid_unreachable",
    Cancelled = "cancelled",
});
by_name!(NameState {
    Free = "free",
    Taken = "taken",
    Reserved = "reserved",
    Invalid = "invalid",
});
by_name!(GitState {
    Ok = "ok",
    NotGit = "not_git",
    Empty = "empty",
    NoSuchRef = "no_such_ref",
    NotPublic = "not_public",
    Unreachable = "unreachable",
    TooSlow = "too_slow",
    Refused = "refused",
    InvalidUrl = "invalid_url",
    InvalidSettings = "invalid_settings",
});

//! `admin`: what is done from the host.

use cineclub_domain::account::Role;
use cineclub_domain::time::DAY_MS;
use clap::Subcommand;

use super::say;
use crate::accounts::password::Secret;
use crate::accounts::staff;
use crate::error::Result;
use crate::{App, accounts, billing};

/// Runs the service from the host.
#[derive(Subcommand)]
pub(super) enum Admin {
    /// Print a code with which the first owner signs up.
    OwnerCode,
    /// Make a voucher and print its code.
    Voucher {
        /// Days it gives.
        #[arg(long, default_value_t = 30)]
        days: u16,
        /// How many accounts may use it.
        #[arg(long, default_value_t = 1)]
        uses: u32,
        /// Days until it stops being good.
        #[arg(long)]
        expires_in: Option<u32>,
        /// Whom it is for.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Give an account a role.
    Role {
        /// The account's address.
        email: String,
        /// viewer, programmer or owner.
        role: String,
    },
    /// Set an account's password, read from standard input, and sign it out everywhere.
    Password {
        /// The account's address.
        email: String,
    },
}

pub(super) async fn run(app: App, command: Admin) -> Result<()> {
    match command {
        Admin::OwnerCode => say(accounts::owner::new_code(&app).await?),
        Admin::Voucher {
            days,
            uses,
            expires_in,
            note,
        } => {
            let plan = billing::ensure_plan(&app).await?.id;
            let expires = expires_in.map(|days| app.now().plus_millis(i64::from(days) * DAY_MS));
            let new = billing::vouchers::NewVoucher {
                plan,
                days,
                uses,
                expires,
                note,
            };
            say(billing::vouchers::create(&app, None, new).await?);
        }
        Admin::Role { email, role } => {
            let role = Role::parse(&role).ok_or_else(|| {
                crate::error::Error::new(
                    crate::error::Kind::BadInput,
                    "the role must be viewer, programmer or owner",
                )
            })?;
            let account = staff::find(&app, &email).await?;
            staff::set_role(&app, None, account.id, role).await?;
            say(format!("{email} is now {}", role.as_str()));
        }
        Admin::Password { email } => {
            let account = staff::find(&app, &email).await?;
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            staff::set_password(
                &app,
                None,
                &account,
                Secret::new(line.trim_end_matches('\n').to_owned()),
            )
            .await?;
            say("The password is set, and the account is signed out everywhere.");
        }
    }
    app.db().close().await;
    Ok(())
}

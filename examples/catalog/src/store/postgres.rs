//! On a server.

use async_trait::async_trait;
use sqlx::{PgPool, migrate::Migrator};

use super::{
    DELETE, FORGET_TOKENS, INSERT, IS_EMPTY, KEEP_TOKEN, PASSWORD, PRODUCT, PRODUCTS, REPLACE, Store,
    StoredToken, USER_BY_TOKEN,
};
use crate::{
    products::{Product, ProductFields},
    users::User,
};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

pub(super) struct Postgres(pub(super) PgPool);

#[async_trait]
impl Store for Postgres {
    async fn seed(&self) -> sqlx::Result<()> {
        let mut transaction = self.0.begin().await?;
        if sqlx::query_scalar(IS_EMPTY).fetch_one(&mut *transaction).await? {
            sqlx::raw_sql(include_str!("../../seed/postgres.sql")).execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    async fn products(&self) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as(PRODUCTS).fetch_all(&self.0).await
    }

    async fn product(&self, id: i64) -> sqlx::Result<Option<Product>> {
        sqlx::query_as(PRODUCT).bind(id).fetch_optional(&self.0).await
    }

    async fn insert(&self, fields: &ProductFields) -> sqlx::Result<Product> {
        // Stored once the commit has succeeded: a statement that returns its row may still fail to write it.
        let mut transaction = self.0.begin().await?;
        let product = sqlx::query_as(INSERT)
            .bind(&fields.name)
            .bind(&fields.description)
            .bind(fields.price)
            .bind(&fields.category)
            .bind(fields.in_stock)
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(product)
    }

    async fn replace(&self, id: i64, fields: &ProductFields) -> sqlx::Result<Option<Product>> {
        let mut transaction = self.0.begin().await?;
        let product = sqlx::query_as(REPLACE)
            .bind(&fields.name)
            .bind(&fields.description)
            .bind(fields.price)
            .bind(&fields.category)
            .bind(fields.in_stock)
            .bind(id)
            .fetch_optional(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(product)
    }

    async fn delete(&self, id: i64) -> sqlx::Result<bool> {
        Ok(sqlx::query(DELETE).bind(id).execute(&self.0).await?.rows_affected() > 0)
    }

    async fn user_by_token(&self, hash: &[u8], now: i64, seeded: bool) -> sqlx::Result<Option<User>> {
        sqlx::query_as(USER_BY_TOKEN).bind(hash).bind(now).bind(seeded).fetch_optional(&self.0).await
    }

    async fn password(&self, username: &str, seeded: bool) -> sqlx::Result<Option<(i64, String)>> {
        sqlx::query_as(PASSWORD).bind(username).bind(seeded).fetch_optional(&self.0).await
    }

    async fn keep_token(&self, token: StoredToken, now: i64) -> sqlx::Result<()> {
        sqlx::query(FORGET_TOKENS).bind(now).execute(&self.0).await?;
        let keep = sqlx::query(KEEP_TOKEN).bind(token.hash).bind(token.user).bind(token.expires_at);
        keep.execute(&self.0).await.map(drop)
    }
}

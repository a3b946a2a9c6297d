//! Products, in the database.

use garde::Validate;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

/// A product as clients see it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) price: f64,
    pub(crate) category: String,
    pub(crate) in_stock: bool,
}

/// What a client says about a product. An `id` among it is ignored.
#[derive(Debug, Deserialize, Validate)]
pub(crate) struct ProductFields {
    /// 1 to 100 characters, not all of them blank.
    #[garde(length(chars, max = 100), custom(not_blank))]
    pub(crate) name: String,
    /// Up to 1,000 characters.
    #[garde(length(chars, max = 1_000))]
    pub(crate) description: String,
    /// 0 to 1,000,000.
    #[garde(range(min = 0.0, max = 1_000_000.0))]
    pub(crate) price: f64,
    /// 1 to 50 characters, not all of them blank.
    #[garde(length(chars, max = 50), custom(not_blank))]
    pub(crate) category: String,
    /// Defaults to true.
    #[garde(skip)]
    #[serde(default = "in_stock")]
    pub(crate) in_stock: bool,
}

fn in_stock() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is garde's")]
fn not_blank(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// The products table.
#[derive(Debug, Clone)]
pub(crate) struct Products(SqlitePool);

impl Products {
    pub(crate) fn new(database: SqlitePool) -> Self {
        Self(database)
    }

    pub(crate) async fn all(&self) -> sqlx::Result<Vec<Product>> {
        sqlx::query_as("SELECT * FROM products ORDER BY id").fetch_all(&self.0).await
    }

    pub(crate) async fn by_id(&self, id: i64) -> sqlx::Result<Option<Product>> {
        sqlx::query_as("SELECT * FROM products WHERE id = ?").bind(id).fetch_optional(&self.0).await
    }

    pub(crate) async fn insert(&self, fields: &ProductFields) -> sqlx::Result<Product> {
        // Stored once the commit has succeeded: a statement that returns its row may still fail to write it.
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let product = sqlx::query_as(
            "INSERT INTO products (name, description, price, category, in_stock) VALUES (?, ?, ?, ?, ?) RETURNING *",
        )
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

    pub(crate) async fn replace(&self, id: i64, fields: &ProductFields) -> sqlx::Result<Option<Product>> {
        let mut transaction = self.0.begin_with("BEGIN IMMEDIATE").await?;
        let product = sqlx::query_as(
            "UPDATE products SET name = ?, description = ?, price = ?, category = ?, in_stock = ? WHERE id = ? RETURNING *",
        )
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

    /// Whether there was such a product.
    pub(crate) async fn delete(&self, id: i64) -> sqlx::Result<bool> {
        let deleted = sqlx::query("DELETE FROM products WHERE id = ?").bind(id).execute(&self.0).await?;
        Ok(deleted.rows_affected() > 0)
    }
}

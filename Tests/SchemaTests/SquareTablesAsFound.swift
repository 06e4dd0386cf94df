/// The shop's tables as they were found: the key of line items is the uid alone, stock is whole and comes twice, counts have no states,
/// columns are missing and an item's category is gone.
let squareTablesAsFound = """
    CREATE TABLE locations (id varchar PRIMARY KEY, name varchar);
    CREATE TABLE catalog_items (id varchar PRIMARY KEY, name varchar, category_id varchar, version bigint, created_at timestamp, updated_at timestamp);
    CREATE TABLE catalog_variations (id varchar PRIMARY KEY, item_id varchar REFERENCES catalog_items (id), version bigint, updated_at timestamp);
    CREATE TABLE catalog_location_availability (id serial PRIMARY KEY, item_id varchar, location_id varchar, sold_out boolean, updated_at timestamp);
    CREATE TABLE catalog_inventory (id serial PRIMARY KEY, variation_id varchar, location_id varchar, quantity integer, calculated_at timestamp);
    CREATE TABLE inventory_counts (
        id serial PRIMARY KEY, catalog_object_id varchar, location_id varchar, state varchar, quantity varchar, calculated_at timestamp,
        updated_at timestamp, CONSTRAINT uix_inventory_counts_object_location UNIQUE (catalog_object_id, location_id)
    );
    CREATE TABLE orders (id varchar PRIMARY KEY, location_id varchar REFERENCES locations (id), updated_at timestamptz, version integer);
    CREATE TABLE order_line_items (
        uid varchar PRIMARY KEY, order_id varchar NOT NULL REFERENCES orders (id), quantity varchar, total_money json,
        CONSTRAINT uix_order_line_items_order_uid UNIQUE (order_id, uid)
    );
    CREATE INDEX square_eyes ON orders (updated_at);
    INSERT INTO locations VALUES ('L1', 'Orchard');
    INSERT INTO catalog_items (id, category_id) VALUES ('I1', 'gone');
    INSERT INTO catalog_variations (id, item_id) VALUES ('V1', 'I1');
    INSERT INTO catalog_inventory (variation_id, location_id, quantity, calculated_at)
    VALUES ('V1', 'L1', 3, '2025-06-01'), ('V1', 'L1', 5, '2025-06-03'), ('V1', 'L1', 4, '2025-06-02');
    INSERT INTO inventory_counts (catalog_object_id, location_id, state, quantity, calculated_at) VALUES ('V1', 'L1', 'IN_STOCK', '5.25', '2025-06-03');
    INSERT INTO orders VALUES ('O1', 'L1', '2025-06-01T12:00:00Z', 1), ('O2', 'L1', '2025-06-02T12:00:00Z', NULL);
    INSERT INTO order_line_items VALUES ('u1', 'O1', '0.75', '{"amount": 9007199254740993, "currency": "USD"}');
    """

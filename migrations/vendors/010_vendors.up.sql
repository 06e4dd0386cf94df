-- The vendors' table as the users have it. Where it is there already nothing changes here; 011 adds what it lacks.
-- There is no way back: a table with people's rows in it is not dropped by a tool.
CREATE TABLE IF NOT EXISTS vendors (
    id varchar PRIMARY KEY DEFAULT gen_random_uuid(),
    handle text NOT NULL UNIQUE,
    name text NOT NULL,
    email text,
    phone text,
    gmv_tier text,
    gmv_90_day numeric,
    kam text,
    zone text,
    region text,
    country text,
    geo text,
    persona text,
    created_at timestamp NOT NULL DEFAULT now(),
    updated_at timestamp NOT NULL DEFAULT now()
);

-- Schemas, roles and rights of the services. Idempotent. The users exist already, made by
-- whoever knows their passwords:
--   bourse_accounting           the service; its rights come by the role, table by table
--   bourse_accounting_migrate   --migrate and --seed; owns the schema
--   bourse_auth, bourse_auth_migrate, bourse_blockchain, bourse_blockchain_migrate   the same for those
--   bourse_checker              reads accounting's books and the gateway's, changes nothing
-- Migrations grant on each table that they create: a table without a grant is out of reach.
CREATE DATABASE IF NOT EXISTS bourse_accounting CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE ROLE IF NOT EXISTS bourse_accounting_service;
GRANT bourse_accounting_service TO 'bourse_accounting'@'%';
SET DEFAULT ROLE bourse_accounting_service FOR 'bourse_accounting'@'%';
GRANT ALL PRIVILEGES ON bourse_accounting.* TO 'bourse_accounting_migrate'@'%' WITH GRANT OPTION;
GRANT SELECT, SHOW VIEW ON bourse_accounting.* TO 'bourse_checker'@'%';

CREATE DATABASE IF NOT EXISTS bourse_auth CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE ROLE IF NOT EXISTS bourse_auth_service;
GRANT bourse_auth_service TO 'bourse_auth'@'%';
SET DEFAULT ROLE bourse_auth_service FOR 'bourse_auth'@'%';
GRANT ALL PRIVILEGES ON bourse_auth.* TO 'bourse_auth_migrate'@'%' WITH GRANT OPTION;

CREATE DATABASE IF NOT EXISTS bourse_blockchain CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE ROLE IF NOT EXISTS bourse_blockchain_service;
GRANT bourse_blockchain_service TO 'bourse_blockchain'@'%';
SET DEFAULT ROLE bourse_blockchain_service FOR 'bourse_blockchain'@'%';
GRANT ALL PRIVILEGES ON bourse_blockchain.* TO 'bourse_blockchain_migrate'@'%' WITH GRANT OPTION;
GRANT SELECT, SHOW VIEW ON bourse_blockchain.* TO 'bourse_checker'@'%';
-- The gateway has no books: what it knows of a chain it can read there again. Its rights are on all of its
-- tables, and not table by table.
GRANT SELECT, INSERT, UPDATE, DELETE ON bourse_blockchain.* TO bourse_blockchain_service;

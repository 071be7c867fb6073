-- Schema, role and rights of the accounting service. Idempotent. The users exist already, made by
-- whoever knows their passwords:
--   bourse_accounting           the service; its rights come by the role, table by table
--   bourse_accounting_migrate   --migrate and --seed; owns the schema
--   bourse_checker              reads everything, changes nothing
-- Migrations grant on each table that they create: a table without a grant is out of reach.
CREATE DATABASE IF NOT EXISTS bourse_accounting CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
CREATE ROLE IF NOT EXISTS bourse_accounting_service;
GRANT bourse_accounting_service TO 'bourse_accounting'@'%';
SET DEFAULT ROLE bourse_accounting_service FOR 'bourse_accounting'@'%';
GRANT ALL PRIVILEGES ON bourse_accounting.* TO 'bourse_accounting_migrate'@'%' WITH GRANT OPTION;
GRANT SELECT, SHOW VIEW ON bourse_accounting.* TO 'bourse_checker'@'%';

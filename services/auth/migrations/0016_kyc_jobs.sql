-- What waits to be told to, or asked of, the provider of identity checks. A row is done when it is gone.

CREATE TABLE kyc_jobs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind ENUM('applicant', 'document', 'address', 'verification') NOT NULL,
    user_id BIGINT UNSIGNED NULL,
    reference VARCHAR(128) COLLATE utf8mb4_bin NOT NULL, -- profile, identificator or verification
    tries INT UNSIGNED NOT NULL DEFAULT 0,
    run_at DATETIME(6) NOT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY kyc_jobs_reference (kind, reference),
    KEY kyc_jobs_run_at (run_at),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE, DELETE ON kyc_jobs TO bourse_auth_service;

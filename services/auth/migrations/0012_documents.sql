-- Uploaded documents: what they are. The files are in the file store, under names that we made.

CREATE TABLE documents (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id BIGINT UNSIGNED NOT NULL,
    upload VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, -- key in the file store
    doc_type VARCHAR(64) NOT NULL,
    doc_number TEXT CHARACTER SET ascii NULL, -- sealed
    doc_number_index VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
    doc_expire DATE NULL,
    doc_issue DATE NULL,
    doc_category ENUM('front_side', 'back_side', 'selfie') NULL,
    identificator VARCHAR(64) COLLATE utf8mb4_bin NOT NULL, -- of the files that belong together
    metadata TEXT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY documents_user (user_id, identificator),
    KEY documents_number (doc_number_index),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB;

GRANT SELECT, INSERT, UPDATE ON documents TO bourse_auth_service;

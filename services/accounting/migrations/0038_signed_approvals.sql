-- Approvals that carry the approver's own signature: the gateway hands them to the signer, which has the public keys.
ALTER TABLE withdraw_approvals
    ADD COLUMN document VARCHAR(1280) CHARACTER SET ascii COLLATE ascii_bin NULL; -- JWS, general JSON

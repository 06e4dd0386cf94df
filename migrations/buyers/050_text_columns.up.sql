-- Every text column of buyers becomes TEXT: 356 buyers were missing because a remark of up to 812 characters met VARCHAR(50).
-- Only columns that are still varchar are altered, so the file runs in a table where some were widened before, or are not there.
-- PostgreSQL changes the catalog alone, no row is rewritten (https://www.postgresql.org/docs/15/sql-altertable.html#SQL-ALTERTABLE-NOTES).
DO $$
DECLARE
    named text[] := ARRAY[
        'initial_assignee', 'buyer_id', 'buyer_number', 'name', 'building_name_price', 'desired_timing', 'follow_up_assignee',
        're_inquiry_viewing', 'inquiry_hearing', 'viewing_result_follow_up', 'inquiry_confidence', 'latest_status',
        'distribution_type', 'pinrich', 'desired_area', 'desired_property_type', 'post_viewing_seller_contact',
        'desired_building_age', 'desired_floor_plan', 'hot_spring_required', 'parking_spaces', 'monthly_parking_ok',
        'garden_required', 'good_view_required', 'pet_allowed_required', 'high_floor_required', 'corner_room_required',
        'viewing_sheet', 'line_id', 'nickname', 'phone_number', 'email', 'inquiry_source', 'current_residence', 'athome_url',
        'past_viewing_1', 'past_viewing_2', 'past_viewing_3', 'phone_duplicate_count', 'property_number', 'property_assignee',
        'panorama_deleted', 'column_a', 'email_confirmed', 'property_address', 'public_private', 'day_of_week', 'sale_chance',
        'special_notes', 'viewing_survey_response', 'viewing_survey_confirmed', 'message_to_assignee', 'chat_to_staff_a',
        'chat_to_staff_b', 'viewing_mobile', 'confirmation_to_assignee', 'offer_comment', 'price_range_house',
        'price_range_apartment', 'price_range_land', 'post_offer_lost_contact', 'viewing_time', 'display_address', 'price',
        'notification_sender', 'first_view', 'budget', 'offer_lost_chat', 'seller_viewing_contact', 'buyer_viewing_contact',
        'past_buyer_list', 'past_inquiry_comment_property', 'past_latest_confidence', 'past_viewing_properties',
        'past_personal_info', 'past_desired_conditions', 'offer_lost_comment', 'assignee_work_days', 'pre_viewing_notes',
        'key_info', 'sale_reason', 'price_reduction_history', 'viewing_notes', 'parking', 'viewing_parking',
        'offer_property_sheet', 'pinrich_link', 'viewing_unconfirmed', 'viewing_inquiry_progress', 'inquiry_email_phone',
        'inquiry_email_reply', 'email_type', 'broker_inquiry', 'viewing_calendar_note', 'document_request_email_house',
        'document_request_email_land_no_permission', 'document_request_email_land_permission', 'offer_exists_viewing_ng',
        'offer_exists_viewing_ok', 'no_response_after_inquiry', 'no_response_offer_exists', 'no_property_inquiry_pinrich',
        'email_confirmation_mail', 'minpaku_inquiry', 'viewing_promotion_sender', 'email_confirmation_assignee',
        'other_company_property', 'offer_status', 'image_url', 'viewing_reason', 'family_composition', 'must_have_points',
        'liked_points', 'disliked_points', 'purchase_obstacles', 'closing', 'preferred_contact_time', 'next_action',
        'pre_approval', 'inflow_source_phone', 'image_chat_sent', 'viewing_survey_result', 'b_customer_follow_up', 'pdf_url',
        'viewing_promotion_result', 'data_updated', 'campaign_applicable', 'corporate_name', 'other_property_hearing',
        'owned_home_hearing_inquiry', 'owned_home_hearing_result', 'buyer_copy', 'valuation_required', 'property_type',
        'location', 'current_status', 'land_area', 'building_area', 'floor_plan', 'build_year', 'renovation_history', 'structure',
        'floor_count', 'other_valuation_done', 'owner_name', 'loan_balance', 'visit_desk', 'seller_list_copy', 'seller_copy',
        'other_company_name', 'three_calls_confirmed', 'one_week_call_confirmed', 'one_month_call_confirmed',
        'property_search_reference', 'viewing_promotion_not_needed', 'first_come_first_served', 'market_reference',
        'smooth_process', 'email_effect_verification', 'email_to_staff_c', 'email_to_staff_d', 'staff_e_to_office',
        'valuation_not_needed_reason', 'google_map_url', 'viewing_comment_confirmed', 'chat_to_staff_f', 'viewing_type_general',
        'pre_release_decision_text', 'seller_viewing_date_contact', 'seller_cancel_contact', 'owned_home_hearing',
        'valuation_survey', 'valuation_survey_confirmed', 'pre_viewing_hearing', 'pre_viewing_hearing_send', 'vendor_survey',
        'viewing_insight_executor', 'viewing_insight_companion', 'company_name', 'viewing_type'
    ];
    changes text;
BEGIN
    SELECT string_agg(format('ALTER COLUMN %I TYPE text', attname), ', ' ORDER BY attnum) INTO changes
    FROM pg_attribute
    WHERE attrelid = 'buyers'::regclass AND attnum > 0 AND NOT attisdropped AND atttypid = 'varchar'::regtype AND attname = ANY (named);
    IF changes IS NOT NULL THEN
        EXECUTE 'ALTER TABLE buyers ' || changes;
    END IF;
END
$$;

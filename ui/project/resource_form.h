#pragma once

#include "core/project/check.h"
#include "core/project/field_value.h"
#include "core/project/workspace.h"
#include "ui/common/key_label.h"
#include "ui/project/form_input.h"
#include "ui/project/form_rows.h"

#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace tau::ui {

/// A document as a form, made from its kind's rows in the field table. It never changes anything
/// itself: it says what the person wants, and shows what it is given.
class ResourceForm : public QScrollArea {
    Q_OBJECT
public:
    explicit ResourceForm(QWidget* parent = nullptr);

    /// What a field may refer to, by group ("domains").
    using Names = std::function<QStringList(const std::string& group)>;
    void set_names(Names names) { names_ = std::move(names); }

    /// Another document, or the same one with other values. What the person is typing in stays.
    void show_document(const project::Resource& resource, const yaml::Document& document);
    /// The text is no YAML: what was there stays to be read, and cannot be changed.
    void show_broken(const QString& sentence);
    void show_problems(const std::vector<project::Problem>& problems);
    void clear();

    /// For the part on a domain's name.
    /// A name that the cloud gives away below its suffix, and no other domain has.
    using GeneratedName = std::function<std::string(const std::string& suffix)>;
    void set_project(const std::string& project_id, const QString& suffix, GeneratedName name);
    /// The input of a field ("trigger/type"); nullptr when it is not shown.
    QWidget* input(const QString& path) const;
    /// What is said below a field.
    QString note(const QString& path) const;
    bool is_read_only() const { return !broken_->isHidden(); }
    void focus_field(const QString& path);
    /// Tab comes from the last input to this.
    void set_next(QWidget* after) { after_ = after; }

Q_SIGNALS:
    /// `finished`: the person left the field.
    void edited(const tau::project::FieldRow* row, const tau::project::FieldValue& value,
                bool finished);
    void suffix_chosen(const QString& suffix);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Row {
        const project::FieldRow* row = nullptr;
        std::string path; ///< as it applies to this document
        project::FieldValue value;
        QString name;
        QLabel* label = nullptr;
        FormInput* input = nullptr;
        QLabel* note = nullptr;
        QString problem;
    };
    struct Group {
        const project::Section* section = nullptr;
        QLabel* title = nullptr;
        std::vector<Row> rows;
    };

    void build(const project::Resource& resource, const yaml::Document& document);
    void place_all_names();
    void add_row(Group& group, FormRows& rows, const project::FieldRow& row,
                 const std::string& path);
    std::vector<std::pair<const project::FieldRow*, std::string>>
    wanted_rows(const yaml::Document& document) const;
    void order_keys();
    void fill(const yaml::Document& document);
    void show_notes(Row& row);
    void make_domain_part(QVBoxLayout& box);
    void fill_domain_part();
    const Row* find(const QString& path) const;

    Names names_;
    QWidget* after_ = nullptr;
    const project::Kind* kind_ = nullptr;
    project::Resource resource_;
    std::vector<std::pair<const project::FieldRow*, std::string>> shown_;
    std::vector<Group> groups_;
    QLabel* broken_;
    QWidget* body_;
    QVBoxLayout* box_;
    std::string project_id_;
    QString suffix_text_;
    GeneratedName generated_name_;
    class QLineEdit* suffix_ = nullptr;
    QPushButton* use_generated_ = nullptr;
    QLabel* txt_words_ = nullptr;
    QLabel* txt_value_ = nullptr;
    KeyLabel* txt_name_ = nullptr;
};

} // namespace tau::ui
